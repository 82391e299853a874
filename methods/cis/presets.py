"""The presets of CIS as changes of its defaults, which are made for minutes on two cores."""

from __future__ import annotations

# Yang et al. 2019 and their training code: hours on a GPU. RAFT stands in for PWC-Net.
PAPER = {
    "size": (384, 192),
    "flow": "raft",
    "flow_size": 640,
    "reach": 5,
    "test_reach": 5,
    "generator_width": 32,
    "inpainter_width": 16,
    "batch": 16,
    "steps": 12_520,
    "interpolate": False,
    "coarse": 0.0,
    "pretrain_steps": 0,
    "rate": 1e-4,
    "generator_rate": 1.0,
    "fall": 0,
    "average": 0,
    "generator_steps": 3,
    "kick": 1e-5,
    "crf_iterations": 50,
}

# What the published code does otherwise than the paper says, in training and after it. How long its
# inpainter is trained on boxes before is not published.
RELEASED = PAPER | {
    "reach": 2,
    "test_reach": 2,
    "binary": True,
    "crops": (0.85, 0.9, 0.95, 1.0),
    "norm": "charbonnier",
    "denominator": "blind",
    "flow_scale": "released",
    "pretrain_steps": 5_000,
    "smooth": 0.85,
}
