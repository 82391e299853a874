"""What the two networks of CIS play for (S3 Eq. 7 and 9, in the form that its code trains)."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

SPEED = 8.0  # flow is in 1/8 of the image's width: S3 divides pixels of 640-wide frames by 80
PIXELS = 384 * 192  # at which S3's epsilon is meant, as it is added to sums over pixels


class Errors(NamedTuple):
    """The inpainter's errors (B,), sums over pixels."""

    inside: Tensor  # in the mask, predicted from the image and the flow outside
    inside_blind: Tensor  # in the mask, predicted from the image alone
    outside: Tensor  # in the complement, predicted from the image and the flow inside
    outside_blind: Tensor


def distance(flow: Tensor, guess: Tensor, mask: Tensor) -> Tensor:
    """Return the Charbonnier distance (B,) of two flows (B, 2, H, W), summed over a soft mask."""
    return (mask * ((flow - guess) ** 2 + 1e-6).sqrt()).sum((1, 2, 3))


def errors(inpainter: nn.Module, image: Tensor, flow: Tensor, mask: Tensor) -> Errors:
    """Return how well each region's flow (B, 2, H, W) is told by the other's, and by the image."""
    # One pass of three times the batch: hidden are the mask, its complement, everything.
    hidden = torch.cat([mask, 1 - mask, torch.ones_like(mask)])
    guess = inpainter(image.repeat(3, 1, 1, 1), flow.repeat(3, 1, 1, 1), hidden)
    inside, outside, blind = guess.chunk(3)
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
    """Return Eq. 7: how much of each region the other tells, from 0 (nothing) to 2 (all).

    The entropy of a region's flow is its error when predicted from the image alone, which the
    inpainter learns; the paper writes ||u||^2, its best guess without learning.

    Args:
        e: the inpainter's errors.
        epsilon: of Eq. 7, meant for sums over 384 x 192 pixels.
        pixels: of the present images, to which it is scaled.
    """
    small = epsilon * pixels / PIXELS
    inside = 1 - e.inside / (e.inside_blind + small)
    outside = 1 - e.outside / (e.outside_blind + small)
    return (inside + outside).mean()
