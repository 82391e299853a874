"""The box of a mask, and masks levelled by their median."""

from __future__ import annotations

import torch
from torch import Tensor

# All constants were chosen on validation clips of the procedural twins.
FAINT = 0.3  # a mask whose peak is below shows no object
# Shares of the peak: below the first there are shadows and haze, which do not count, above the
# second there is the object, of which pale parts count as much as others.
HAZE, SOLID = 0.45, 0.75
EDGE = 0.15  # share of the peak above which a pixel is in the tight box
CUT = 0.625  # share of the median of such pixels from which they are the object's
WIDE, TALL = 2.65, 2.1  # half a silhouette's width and height, in standard deviations of its mass


def silhouette(mask: Tensor, view: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return centres (N, 2), sides (N, 2) and peaks (N,) of masks (N, 1, s, s) in `view` (N, 4)."""
    mask = mask[:, 0].float()  # (N, s, s)
    peak = mask.amax(dim=(1, 2))
    share = mask / (peak[:, None, None] + 1e-4)
    solid = ((share - HAZE) / (SOLID - HAZE)).clamp(0, 1)
    x0, x1 = extent(solid.sum(dim=1), WIDE)
    y0, y1 = extent(solid.sum(dim=2), TALL)
    low = (view[:, :2] + torch.stack([x0, y0], dim=1) * view[:, 2:] / 2).clamp(0, 1)
    high = (view[:, :2] + torch.stack([x1, y1], dim=1) * view[:, 2:] / 2).clamp(0, 1)
    return (low + high) / 2, high - low, peak


def tight(mask: Tensor, view: Tensor) -> tuple[Tensor, Tensor]:
    """Return tight boxes (N, 4) and peaks (N,) of masks (N, 1, s, s) in `view` (N, 4).

    The box of the result: its edges lie where the mask ends, and need not change smoothly.
    """
    mask = mask[:, 0].float()  # (N, s, s)
    peak = mask.amax(dim=(1, 2))
    inside = mask >= EDGE * peak[:, None, None]
    low, high = zip(*(_ends(inside.any(dim=axis)) for axis in (1, 2)), strict=True)
    ends = torch.stack([torch.stack(low, dim=1), torch.stack(high, dim=1)])  # (2, N, 2)
    first, last = (view[:, :2] + (ends - 0.5) * view[:, 2:]).clamp(0, 1)
    return torch.cat([(first + last) / 2, last - first], dim=1), peak


def levelled(mask: Tensor) -> Tensor:
    """Return masks (N, 1, s, s) in [0, 1] scaled so that objects are what is above 0.5.

    The synthesis network is uncertain of clothes that were not in training: all of the mask is
    faint then, and one threshold does not suit all frames. Katircioglu et al. 2022 scale the peak
    to 1; the median does not hang on one bright spot.
    """
    flat = mask.flatten(1)  # (N, s s)
    peak = flat.amax(dim=1, keepdim=True)
    median = torch.where(flat >= EDGE * peak, flat, torch.nan).nanmedian(dim=1, keepdim=True).values
    scale = torch.where(peak > FAINT, 0.5 / (CUT * median), 1.0)  # empty masks are not scaled up
    return (flat * scale).clamp(max=1).view_as(mask)


def _ends(occupied: Tensor) -> tuple[Tensor, Tensor]:
    """Return where in [0, 1] the first and the last of `occupied` (N, s) begins and ends."""
    count = occupied.shape[1]
    first = occupied.int().argmax(dim=1)
    last = count - occupied.flip(1).int().argmax(dim=1)
    return first / count, last / count


def extent(profile: Tensor, spread: float) -> tuple[Tensor, Tensor]:
    """Return where in [-1, 1] profiles (N, s) begin and end: mean -/+ `spread` deviations.

    Where a mask begins is decided by its faintest pixels, its moments by all of them. A filled box
    measures 2 * 1.7 deviations; people stand closer to their middle, and reach further from it with
    arms and legs than they are tall.
    """
    count = profile.shape[1]
    position = (torch.arange(count, device=profile.device) + 0.5) / count * 2 - 1  # (s,)
    weight = profile / (profile.sum(dim=1, keepdim=True) + 1e-6)
    mean = (weight * position).sum(dim=1)
    variance = (weight * (position - mean[:, None]).square()).sum(dim=1)
    half = spread * (variance + 1 / count**2).sqrt()  # never less than a pixel or two
    return mean - half, mean + half
