"""Boxes, the spatial transformer T and its inverse, in one convention: align_corners=False.

A box is (cx, cy, sx, sy): centre and size as fractions of the image's width and height.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

GRID = 8  # cells per side (Katircioglu et al. 2022, 3.2: C = 64)


def live_cells() -> Tensor:
    """Return which of the 64 cells may be sampled (64,): all but the outer ring.

    Katircioglu et al. 2022, 3.6 set p to zero there, where inpainting errors are always high.
    """
    live = torch.zeros(GRID, GRID, dtype=torch.bool)
    live[1:-1, 1:-1] = True
    return live.flatten()  # (64,)


def decode_boxes(
    raw: Tensor,
    size_range: tuple[float, float],
    offset: float,
    unit: str,
) -> Tensor:
    """Return the boxes (B, G G, 4) of raw output (B, 4, G, G) on a grid of G by G cells.

    Args:
        raw: channels sx, sy, ox, oy before squashing.
        size_range: smallest and largest width and height (Katircioglu et al. 2022, Table 4).
        offset: how far a centre may lie from its cell's centre along each axis.
        unit: of `offset`: `cell` or `box`, its side along that axis.
    """
    low, high = size_range
    size = low + (high - low) * raw[:, :2].sigmoid()  # (B, 2, G, G)
    grid = raw.shape[-1]
    reach = offset * size if unit == "box" else offset / grid
    cell_centres = (torch.arange(grid, device=raw.device, dtype=raw.dtype) + 0.5) / grid  # (G,)
    x, y = cell_centres.expand(grid, grid), cell_centres[:, None].expand(grid, grid)
    centre = torch.stack([x, y]) + raw[:, 2:].tanh() * reach  # (B, 2, G, G)
    return torch.cat([centre, size], dim=1).flatten(2).transpose(1, 2)  # (B, G G, 4)


def centred_inside(box: Tensor) -> Tensor:
    """Return which boxes (B, C, 4) have their centre in the image, (B, C)."""
    return ((box[..., :2] >= 0) & (box[..., :2] <= 1)).all(dim=-1)


def pick(boxes: Tensor, cells: Tensor) -> Tensor:
    """Return the boxes (B J, 4) of `cells` (B, J) out of `boxes` (B, 64, 4)."""
    return boxes.gather(1, cells[..., None].expand(-1, -1, 4)).flatten(0, 1)


def crop(image: Tensor, box: Tensor, size: int) -> Tensor:
    """T: return what lies in `box` (N, 4) of `image` (N, C, H, W) as (N, C, size, size)."""
    scale, shift = box[:, 2:], 2 * box[:, :2] - 1
    return _sample(image, scale, shift, (size, size), "border")


def paste(patch: Tensor, box: Tensor, size: tuple[int, int]) -> Tensor:
    """T^-1: return `patch` (N, C, h, w) put into `box` of an image (N, C, H, W), 0 outside."""
    scale = 1 / box[:, 2:]
    return _sample(patch, scale, -(2 * box[:, :2] - 1) * scale, size, "zeros")


def _sample(
    image: Tensor, scale: Tensor, shift: Tensor, size: tuple[int, int], padding: str
) -> Tensor:
    """Resample images (N, C, h, w) to `size` by x -> scale x + shift, both (N, 2), in [-1, 1]."""
    theta = torch.zeros(len(image), 2, 3, device=image.device, dtype=image.dtype)
    theta[:, 0, 0], theta[:, 1, 1] = scale[:, 0].to(image.dtype), scale[:, 1].to(image.dtype)
    theta[:, :, 2] = shift.to(image.dtype)
    grid = functional.affine_grid(theta, [len(image), image.shape[1], *size], align_corners=False)
    return functional.grid_sample(image, grid, padding_mode=padding, align_corners=False)


def grown(box: Tensor, factor: float) -> Tensor:
    """Return boxes (N, 4) with both sides longer by `factor`."""
    return torch.cat([box[:, :2], box[:, 2:] * factor], dim=1)


def hole(box: Tensor, size: tuple[int, int]) -> Tensor:
    """Return the hidden region (N, 1, H, W) of boxes (N, 4): 1 inside, with a soft bilinear edge.

    Args:
        box: which regions are hidden.
        size: height and width of the image in pixels.
    """
    ones = torch.ones(len(box), 1, size[0] // 2, size[1] // 2, device=box.device, dtype=box.dtype)
    return paste(ones, box, size)


def size_of(image: Tensor) -> tuple[int, int]:
    """Return height and width of images (N, C, H, W)."""
    return image.shape[2], image.shape[3]


def to_corners(box: Tensor, width: int, height: int) -> Tensor:
    """Return boxes (N, 4) as x0 y0 x1 y1 in pixels, clipped to the image."""
    limits = torch.tensor([width, height], device=box.device, dtype=box.dtype)
    low = ((box[:, :2] - box[:, 2:] / 2) * limits).clamp(min=0)
    high = (box[:, :2] + box[:, 2:] / 2) * limits
    return torch.cat([low, torch.minimum(high, limits)], dim=1)


def focus(size: int) -> Tensor:
    """Return the bump (1, 1, size, size) of the focal spatial transformer, 1 in the middle.

    It weakens what lies far from the middle of a crop: exp(1 - 1 / (1 - sqrt(x^4 + y^4))) on
    [-1, 1]^2, 0 where that root is 1 or more (code of Rhodin et al. 2019).

    Args:
        size: side of the crop in pixels.
    """
    axis = (torch.arange(size) + 0.5) / size * 2 - 1
    distance = (axis[None] ** 4 + axis[:, None] ** 4).sqrt()
    return bump(distance)[None, None]


def bump(distance: Tensor) -> Tensor:
    """Return exp(1 - 1/(1 - d)), 0 from a distance d of 1 on."""
    inside = distance < 1
    return torch.where(inside, torch.exp(1 - 1 / (1 - distance.clamp(max=1 - 1e-6))), 0.0)
