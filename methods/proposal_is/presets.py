"""The presets of proposal-is as changes of its defaults, which are made for two cores."""

from __future__ import annotations

# Katircioglu et al. 2022 as printed: days on a GPU. Backbones carry the tags of the weights of its
# time.
PAPER = {
    "size": (640, 360),
    "statistics": "imagenet",
    "offset_unit": "box",
    "detector": "resnet18",
    "detector_size": 128,
    "crop": 128,
    "encoder": "resnet50.tv_in1k",
    "weights": "imagenet",
    "latent": 856,
    "features": "resnet18.tv_in1k",
    "mask_weight": 0.25,
    "cell_prior": "l1",
    "box_weight": 0,
    "steps": 100_000,
    "inpaint_steps": 200_000,
    "inpaint_rate": 1e-3,
    "decoder_rate": 0.1,
    "schedule": "constant",
}

# Katircioglu et al. 2020, with its appendix.
PAPER_2020 = PAPER | {
    "offset_unit": "cell",
    "latent": 728,
    "appearance": 128,
    "decoder_widths": (256, 128, 64, 32),
    "grow": 1.2,
    "mask_weight": 0.1,
    "mask_target": 0.001,
    "cell_prior": "l2",
    "box_weight": 1,
    "inpaint_perceptual": 0,
}

# Katircioglu et al. 2019; what that draft leaves open is as in the version of 2020.
PAPER_2019 = PAPER_2020 | {"grow": 1.1, "mask_prior": "l1"}
