"""BibTeX of the papers that introduce more than one dataset."""

KATIRCIOGLU_2022 = """@article{Katircioglu_TPAMI_2022,
  author  = {Isinsu Katircioglu and Helge Rhodin and Victor Constantin and J{\\"o}rg Sp{\\"o}rri and
             Mathieu Salzmann and Pascal Fua},
  title   = {Self-supervised Human Detection and Segmentation via Background Inpainting},
  journal = {IEEE Transactions on Pattern Analysis and Machine Intelligence},
  volume  = {44}, number = {12}, pages = {9574--9588}, year = {2022}
}"""

KALOGEITON_2016 = """@article{Kalogeiton_TPAMI_2016,
  author  = {Vicky Kalogeiton and Vittorio Ferrari and Cordelia Schmid},
  title   = {Analysing Domain Shift Factors between Videos and Images for Object Detection},
  journal = {IEEE Transactions on Pattern Analysis and Machine Intelligence},
  volume  = {38}, number = {11}, pages = {2327--2334}, year = {2016}
}"""
