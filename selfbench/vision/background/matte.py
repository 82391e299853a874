"""What differs from the background, and what of that may be a shadow, as maps from 0 to 1."""

from __future__ import annotations

from torch import Tensor

# All four are ours, chosen on left-out training clips and validation clips of fs-singles-sim and
# handheld-sim (docs/research/proposal-is.md).
# Differences of colours in [0, 1] from which a pixel is foreground a little, and wholly. Noise and
# blur of stitched backgrounds lie around 0.02.
LOW, HIGH = 0.05, 0.16
# A shadow is at least this bright, as a share of what it falls on, and has its hue: colours are
# this far from it at most.
DARKEST, OFF_HUE = 0.5, 0.04


def background_difference(image: Tensor, background: Tensor, high: float = HIGH) -> Tensor:
    """Return how far images (N, 3, H, W) are from their backgrounds, (N, 1, H, W) from 0 to 1.

    Both are in [0, 1]; the channel that differs most counts, and wholly from `high` on.
    """
    difference = (image - background).abs().amax(dim=1, keepdim=True)
    return ((difference - LOW) / (high - LOW)).clamp(0, 1)


def shadow_likelihood(image: Tensor, background: Tensor) -> Tensor:
    """Return where images (N, 3, H, W) are backgrounds with less light, (N, 1, H, W) from 0 to 1.

    The least squares share of light k of each pixel is below 1, and what k leaves unexplained is
    small. Grey clothes before grey ground look like that too.
    """
    light = (image * background).sum(dim=1, keepdim=True) / (
        background.square().sum(dim=1, keepdim=True) + 1e-3  # black has no hue
    )
    residual = (image - light * background).abs().amax(dim=1, keepdim=True)
    darker = (light > DARKEST) & (light < 1)
    return darker * ((OFF_HUE - residual) / (OFF_HUE / 2)).clamp(0, 1)
