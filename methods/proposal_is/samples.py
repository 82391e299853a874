"""What one training step draws, and what S makes of it."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Samples:
    """J sampled cells of each of B images, of which S is shown N: one per image, or all."""

    box: Tensor  # (B J, 4)
    weights: Tensor  # p_c / q_c, (B, J), which lead to p
    p: Tensor  # (B, C)
    p_c: Tensor  # (B, J)
    shown: slice  # which of the B J are shown to S
    weight: Tensor  # of those (N,)
    per_image: int  # N / B


@dataclass(frozen=True)
class Resynthesis:
    """What S makes of the boxes that it is shown."""

    view: Tensor  # (N, 4), the boxes in which the masks lie
    mask: Tensor  # (N, 1, s, s) in [0, 1]
    alpha: Tensor  # the same in the image, T^-1(S), (N, 1, H, W)
    image: Tensor  # F(I), (N, 3, H, W)
    target: Tensor  # I, (N, 3, H, W)
