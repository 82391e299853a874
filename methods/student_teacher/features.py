"""Inputs of LowRes-Net, FConv-Net and EvalSeg-Net besides RGB (Croitoru et al. 2019, 4.1)."""

from __future__ import annotations

import torch
from torch import Tensor

LUMA = (0.299, 0.587, 0.114)  # weights of red, green and blue in grey (ITU-R BT.601, as OpenCV)


def derivatives(image: Tensor) -> Tensor:
    """Return d/dy and d/dx (N, 2, H, W) of the grey image, central differences as `np.gradient`.

    Args:
        image: (N, 3, H, W) in [0, 1].
    """
    weights = image.new_tensor(LUMA).view(1, 3, 1, 1)
    grey = (image * weights).sum(dim=1)  # (N, H, W)
    return torch.stack(torch.gradient(grey, dim=(1, 2)), dim=1)


def hsv(image: Tensor) -> Tensor:
    """Return hue, saturation and value (N, 3, H, W) in [0, 1] of RGB in [0, 1].

    Grey pixels have hue 0, black ones saturation 0.
    """
    value, largest = image.max(dim=1)  # (N, H, W)
    spread = value - image.amin(dim=1)
    red, green, blue = image.unbind(dim=1)
    safe = torch.where(spread > 0, spread, torch.ones_like(spread))
    sixths = torch.stack(
        [(green - blue) / safe, 2 + (blue - red) / safe, 4 + (red - green) / safe], dim=1
    )  # (N, 3, H, W), the hue where that channel is the largest
    hue = sixths.gather(1, largest.unsqueeze(1)).squeeze(1) / 6 % 1.0
    saturation = torch.where(value > 0, spread / value.clamp(min=1e-8), torch.zeros_like(value))
    return torch.stack([hue, saturation, value], dim=1)
