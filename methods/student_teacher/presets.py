"""The presets of student-teacher as changes of its defaults, which are made for two cores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Croitoru et al. 2019, 4.1 and 4.2, and what their code adds. 10 epochs over some 190,000 masks in
# batches of 16 are 120,000 steps. Of generation 2 they say two weeks instead of three to five days.
PAPER: Mapping[str, Any] = {
    "later_threshold": 0.8,
    "later_keep": 1.0,
    "size": 256,
    "low_size": 128,
    "conv_width": 256,
    "unet_width": 32,
    "dense_growth": 12,
    "steps": 120_000,
    "later_steps": 420_000,
    "evalseg_steps": 120_000,
    "batch": 16,
    "rate": 1e-3,
    "evalseg_rate": 1e-4,
    "schedule": "constant",
    "label_scale": 255.0,
    "score_scale": 100.0,
}
