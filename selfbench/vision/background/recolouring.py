"""What moves, in other colours: an augmentation that needs no label.

A few clips show a few people, and a network learns their clothes instead of people. Where a matte
says so, colours are replaced by random functions of themselves: shapes, shading and the scene stay
as they are. It is ours, as are the ranges of the random numbers.
"""

from __future__ import annotations

import torch
from torch import Tensor


def recoloured(image: Tensor, matte: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """Return images of which a random `share` has new colours where the matte lies.

    The upper and the lower part, of a cut in a random place and direction, get colours of their
    own, as clothes have.

    Args:
        image: (N, 3, H, W) RGB in [0, 1].
        matte: (N, 1, H, W), 0 where nothing changes, to 1.
        share: in [0, 1].
        generator: of all that is random, on the CPU; every image draws as much.
    """
    count, _, height, width = image.shape
    device = image.device
    chosen = (torch.rand(count, generator=generator) < share).float().to(device)
    upper = _upper_part(count, height, width, generator).to(device)
    above, below = (_applied(image, *_random_map(count, generator)) for _ in range(2))
    new = upper * above + (1 - upper) * below
    return image + chosen.view(-1, 1, 1, 1) * matte * (new - image)


def _random_map(count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return random linear functions of colour (N, 3, 3), and what they add (N, 3).

    Hue turns by any angle, saturation is 0.3 to 1.8 times as large, brightness is 0.4 to 1.2 times
    as varied, of three images in ten negative, about a mean of 0.15 to 0.75; a tint is added.
    """
    u = torch.rand(count, 6, generator=generator)
    angle = 2 * torch.pi * u[:, 0, None, None]
    grey = torch.full((3, 3), 1 / 3)
    turn = torch.tensor([[0.0, -1, 1], [1, 0, -1], [-1, 1, 0]]) / 3**0.5  # about the axis of greys
    saturation = 0.3 + 1.5 * u[:, 1, None, None]
    contrast = (0.4 + 0.8 * u[:, 2]) * torch.where(u[:, 3] < 0.3, -1.0, 1.0)
    matrix = saturation * (angle.cos() * (torch.eye(3) - grey) + angle.sin() * turn)
    mean = 0.15 + 0.6 * u[:, 4]
    tint = 0.35 * u[:, 5:] ** 2 * (angle[:, 0] - 2 * torch.pi / 3 * torch.arange(3)).cos()
    return matrix + contrast[:, None, None] * grey, (mean - 0.45 * contrast)[:, None] + tint


def _applied(image: Tensor, matrix: Tensor, added: Tensor) -> Tensor:
    new = torch.einsum("nchw,ndc->ndhw", image, matrix.to(image.device))
    return (new + added.to(image.device)[:, :, None, None]).clamp(0, 1)


def _upper_part(count: int, height: int, width: int, generator: torch.Generator) -> Tensor:
    """Return (N, 1, H, W), 1 above a random line through the middle of the image and 0 below."""
    u = torch.rand(count, 2, generator=generator)[..., None, None, None]  # (N, 2, 1, 1, 1)
    angle, place = 1.5 * (u[:, 0] - 0.5), 0.6 * (u[:, 1] - 0.5)
    y = torch.arange(height)[:, None] / height - 0.5
    x = torch.arange(width) / width - 0.5
    return (y * angle.cos() + x * angle.sin() < place).float()
