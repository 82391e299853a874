"""The losses of the two networks (Yang et al. 2019, Eq. 7 and 9, in the form its code trains)."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

# Flow is in 1/8 of the image's width: the code divides pixels of frames 640 wide by 80.
FLOW_UNITS = 8.0
# At which the code's epsilon is meant, as it is added to sums over pixels.
EPSILON_PIXELS = 384 * 192
CHARBONNIER = 1e-3  # that keeps the distance smooth at 0, in units of flow (the code's)


class Errors(NamedTuple):
    """The inpainter's errors (B,), sums over pixels."""

    inside: Tensor  # in the mask, predicted from the image and the flow outside
    inside_blind: Tensor  # in the mask, predicted from the image alone
    outside: Tensor  # in the complement, predicted from the image and the flow inside
    outside_blind: Tensor  # in the complement, predicted from the image alone


def distance(flow: Tensor, prediction: Tensor, mask: Tensor) -> Tensor:
    """Return the Charbonnier distance (B,) of flows (B, 2, H, W), summed over a soft mask."""
    return (mask * ((flow - prediction) ** 2 + CHARBONNIER**2).sqrt()).sum((1, 2, 3))


def inpainting_errors(inpainter: nn.Module, image: Tensor, flow: Tensor, mask: Tensor) -> Errors:
    """Return how well each region's flow is predicted from the other's, and from the image alone.

    Args:
        inpainter: phi.
        image: (B, 3, H, W) in [-0.5, 0.5].
        flow: u, (B, 2, H, W).
        mask: chi, (B, 1, H, W) in [0, 1], 1 inside the region.
    """
    # One pass of three times the batch: hidden are the mask, its complement, everything.
    hidden = torch.cat([mask, 1 - mask, torch.ones_like(mask)])  # (3 B, 1, H, W)
    predictions = inpainter(image.repeat(3, 1, 1, 1), flow.repeat(3, 1, 1, 1), hidden)
    inside, outside, blind = predictions.chunk(3)  # each (B, 2, H, W)
    return Errors(
        distance(flow, inside, mask),
        distance(flow, blind, mask),
        distance(flow, outside, 1 - mask),
        distance(flow, blind, 1 - mask),
    )


def inpainter_loss(e: Errors, pixels: int) -> Tensor:
    """Return the mean error of the three predictions, per pixel."""
    return (e.inside + e.outside + e.inside_blind + e.outside_blind).mean() / pixels


def generator_loss(e: Errors, epsilon: float, pixels: int) -> Tensor:
    """Return how well each region predicts the other's flow, from 0 (not at all) to 2 (wholly).

    The entropy of a region's flow is its error when predicted from the image alone, which the
    inpainter learns; the paper writes ||u||^2, the best prediction without learning.

    Args:
        e: the inpainter's errors.
        epsilon: of Eq. 7, meant for sums over 384 x 192 pixels.
        pixels: of the present images, to which epsilon is scaled.
    """
    scaled_epsilon = epsilon * pixels / EPSILON_PIXELS
    # Yang et al. 2019, Eq. 7
    inside = 1 - e.inside / (e.inside_blind + scaled_epsilon)
    outside = 1 - e.outside / (e.outside_blind + scaled_epsilon)
    return (inside + outside).mean()
