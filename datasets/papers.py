"""BibTeX of papers that introduced more than one dataset."""

KATIRCIOGLU = """@article{Katircioglu_TPAMI_2022,
  author  = {Isinsu Katircioglu and Helge Rhodin and Victor Constantin and J{\\"o}rg Sp{\\"o}rri and
             Mathieu Salzmann and Pascal Fua},
  title   = {Self-supervised Human Detection and Segmentation via Background Inpainting},
  journal = {IEEE Transactions on Pattern Analysis and Machine Intelligence},
  volume  = {44}, number = {12}, pages = {9574--9588}, year = {2022}
}"""
