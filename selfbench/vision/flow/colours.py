"""Flow as a colour image: hue is direction, saturation is speed, white stands still."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

LEVELS = 127  # steps from standing still to full speed


def colours(flow: NDArray[np.floating], scale: float) -> NDArray[np.uint8]:
    """Return flow (..., 2) as RGB (..., 3) on the Middlebury wheel (Baker et al. 2011).

    Args:
        flow: pixels to the right and down.
        scale: the speed in pixels from which a colour is full.
    """
    unit = flow.astype(np.float32) / np.float32(scale)
    unit /= np.maximum(1, np.linalg.norm(unit, axis=-1, keepdims=True))
    index = np.rint(unit * LEVELS).astype(np.intp) + LEVELS
    image: NDArray[np.uint8] = _table()[index[..., 1], index[..., 0]]
    return image


@cache
def _table() -> NDArray[np.uint8]:
    """Return the colours (2 L + 1, 2 L + 1, 3) of all directions and speeds, [y, x]."""
    import torch
    from torchvision.utils import flow_to_image

    axis = torch.arange(-LEVELS, LEVELS + 1) / LEVELS
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    grid = torch.stack([x, y])
    grid = grid / grid.norm(dim=0).clamp(min=1)  # its longest arrow is 1: the scale of the wheel
    return np.asarray(flow_to_image(grid).permute(1, 2, 0).numpy(), np.uint8)
