"""The presets of proposal-is as changes of its defaults, which are made for two cores."""

from __future__ import annotations

# Katircioglu et al. 2022 as written, as far as it needs neither their networks nor their 300,000
# steps.
PAPER_LOSSES = {
    "fill": "inpainted",
    "recolour": 0,
    "refine": False,
    "views": 1,
    "crf": False,
    "area_power": 1,
    "samples": 1,
    "size_min": 0.2,
    "width_start": 0.5,
    "height_start": 0.5,
    "offset": 1.5,
    "grow": 1.15,
    "focus_power": 2,
    "focus_joint": True,
    "mask_scale": "max",
    "window": 1,
    "jitter": 0,
    "mask_from": 0,
    "mask_skips": False,
    "synthesis_rate": 1.0,
    "box_weight": 0,
    "free_size": True,
    "fit_weight": 0,
    "matte_weight": 0,
    "background": 0.1,
    "mask_weight": 0.25,
    "cell_weight": 0.1,
}

# Katircioglu et al. 2022 complete: days on a GPU. Backbones carry the tags of the weights of its
# time.
PAPER = PAPER_LOSSES | {
    "size": (640, 360),
    "crop": 128,
    "detector": "resnet18",
    "detector_size": 128,
    "encoder": "resnet50.tv_in1k",
    "weights": "imagenet",
    "freeze": True,
    "features": "resnet18.tv_in1k",
    "statistics": "imagenet",
    "inpainter_convolutions": 2,
    "inpainter_transposed": True,
    "latent": 856,
    "epsilon": 0.001,
    "batch": 16,
    "steps": 100_000,
    "inpaint_steps": 200_000,
    "rate": 1e-3,
    "inpaint_rate": 1e-3,
    "decoder_rate": 0.1,
    "schedule": "constant",
    "flip": False,
}
