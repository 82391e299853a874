"""The losses of the two networks: Yang et al. 2019, Eqs. 7 and 9, or in the form of its code."""

from __future__ import annotations

from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn

Norm = Literal["square", "charbonnier"]
Denominator = Literal["flow", "blind"]

# Flow is in 1/8 of the image's width: the code divides pixels of frames 640 wide by 80.
FLOW_UNITS = 8.0
# The same vertically in that code, in heights: it computes flow on frames of 640 x 384.
RELEASED_VERTICAL = 384 / 80
# At which the code's epsilon is meant, as it is added to sums over pixels.
EPSILON_PIXELS = 384 * 192
CHARBONNIER = 1e-3  # that keeps the distance smooth at 0, in units of flow (the code's)


class Errors(NamedTuple):
    """The inpainter's errors, and what they are measured by, (B,), sums over pixels."""

    inside: Tensor  # in the mask, predicted from the image and the flow outside
    inside_scale: Tensor  # in the mask: of no prediction, or of one from the image alone
    outside: Tensor  # in the complement, predicted from the image and the flow inside
    outside_scale: Tensor  # in the complement, likewise


def distance(flow: Tensor, prediction: Tensor, mask: Tensor, norm: Norm) -> Tensor:
    """Return the distance (B,) of flows (B, 2, H, W), summed over a soft mask."""
    error = (flow - prediction) ** 2
    if norm == "charbonnier":
        error = (error + CHARBONNIER**2).sqrt()
    return (mask * error).sum((1, 2, 3))


def inpainting_errors(
    inpainter: nn.Module,
    image: Tensor,
    flow: Tensor,
    mask: Tensor,
    norm: Norm = "square",
    denominator: Denominator = "flow",
) -> Errors:
    """Return how well each region's flow is predicted from the other's.

    Args:
        inpainter: phi.
        image: (B, 3, H, W) in [-0.5, 0.5].
        flow: u, (B, 2, H, W).
        mask: chi, (B, 1, H, W) in [0, 1], 1 inside the region.
        norm: `square` (Eqs. 7 and 9) or `charbonnier` (the code).
        denominator: `flow`, the size of the flow itself (Eqs. 7 and 9), or `blind`, the error of a
            prediction from the image alone, which the inpainter learns too (the code).
    """
    # One pass of several times the batch: hidden are the mask, its complement, and everything.
    hidden = [mask, 1 - mask] + [torch.ones_like(mask)] * (denominator == "blind")
    count = len(hidden)
    predictions = inpainter(
        image.repeat(count, 1, 1, 1), flow.repeat(count, 1, 1, 1), torch.cat(hidden)
    )
    inside, outside, *blind = predictions.chunk(count)  # each (B, 2, H, W)
    nothing = blind[0] if blind else torch.zeros_like(flow)
    return Errors(
        distance(flow, inside, mask, norm),
        distance(flow, nothing, mask, norm),
        distance(flow, outside, 1 - mask, norm),
        distance(flow, nothing, 1 - mask, norm),
    )


def shares(e: Errors, epsilon: float, pixels: int) -> Tensor:
    """Return the error of both regions as shares of their scale (B,), from 0 to about 2.

    Yang et al. 2019, Eq. 7 and 9.

    Args:
        e: the inpainter's errors.
        epsilon: of Eq. 7, meant for sums over 384 x 192 pixels.
        pixels: of the present images, to which epsilon is scaled.
    """
    scaled_epsilon = epsilon * pixels / EPSILON_PIXELS
    return e.inside / (e.inside_scale + scaled_epsilon) + e.outside / (
        e.outside_scale + scaled_epsilon
    )


def inpainter_loss(e: Errors, epsilon: float, pixels: int, denominator: Denominator) -> Tensor:
    """Return what the inpainter minimises: Eq. 9, or the error of three predictions per pixel."""
    if denominator == "flow":
        return shares(e, epsilon, pixels).mean()
    return (e.inside + e.outside + e.inside_scale + e.outside_scale).mean() / pixels


def generator_loss(e: Errors, epsilon: float, pixels: int) -> Tensor:
    """Return how well each region predicts the other's flow, from 0 (not at all) to 2 (wholly)."""
    return 2 - shares(e, epsilon, pixels).mean()  # Yang et al. 2019, Eq. 7
