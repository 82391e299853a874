"""From the generator to one mask per frame: foreground by the border, mean over flows and crops."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from selfbench.contracts import Devices
from selfbench.methods.cis.images import Batch, to_batch
from selfbench.methods.cis.settings import CISParams
from selfbench.vision.flow.cache import ClipFlows

BATCH = 32  # images at once
BORDER = 2  # pixels

Maps = NDArray[np.float32]  # (n, H, W) in [0, 1]


def masks_of_clip(
    generator: nn.Module,
    frames: NDArray[np.uint8],
    flows: ClipFlows,
    params: CISParams,
    devices: Devices,
) -> Maps:
    """Return the soft masks of `frames` (n, H, W, 3), each the mean over all pairs (S3 Eq. 14)."""
    total = np.zeros(frames.shape[:3], np.float32)
    weight = np.zeros(frames.shape[:3], np.float32)
    for step in flows.steps:
        for low in range(0, len(frames), BATCH):
            part = slice(low, low + BATCH)
            batch = to_batch(
                np.array(frames[part]), flows.of(step)[part].astype(np.float32), devices
            )
            for crop in params.crops:
                inner, view = _cropped(batch, crop)
                with torch.inference_mode(), devices.autocast():
                    found = generator(*view).float()
                found = functional.interpolate(found, batch.image[inner].shape[2:], mode="bilinear")
                chosen, sure = foreground(found[:, 0].cpu().numpy(), params)
                where = (part, *inner[2:])
                total[where] += chosen * sure[:, None, None]
                weight[where] += sure[:, None, None]
    for start, stop in flows.shots:
        if stop == start + 1:
            total[start] = 0  # alone in its shot it has no flow
    # Where the border rule never found a foreground there is none.
    return np.asarray(total / np.maximum(weight, 1), np.float32)


def _cropped(batch: Batch, crop: float) -> tuple[tuple[slice, ...], Batch]:
    """Return where a central crop of relative side `crop` lies, and it at the size of the whole."""
    height, width = batch.image.shape[2:]
    top, left = (round(side * (1 - crop) / 2) for side in (height, width))
    inner = (slice(None), slice(None), slice(top, height - top), slice(left, width - left))
    if not top and not left:
        return inner, batch
    return inner, Batch(
        *(functional.interpolate(x[inner], (height, width), mode="bilinear") for x in batch)
    )


def foreground(masks: Maps, params: CISParams) -> tuple[Maps, Maps]:
    """Return each mask (b, H, W) or its complement, and (b,) 1 where the choice is sound.

    The two regions of Eq. 7 are symmetric: the background is the one that fills the image's border.
    Where both do, the code relies on the other flows of the frame.
    """
    share = border_share(masks, params.border_level)
    other = border_share(1 - masks, params.border_level)
    chosen = np.where((share >= params.border_share)[:, None, None], 1 - masks, masks)
    sure = np.where(np.minimum(share, other) < params.border_share, 1.0, 0.0)
    if params.binary:
        chosen = chosen > params.border_level
    return np.asarray(chosen, np.float32), np.asarray(sure, np.float32)


def border_share(masks: Maps, level: float) -> Maps:
    """Return the share (b,) of each image's border that a mask above `level` covers."""
    on = masks > level  # (b, H, W)
    inner = on[:, BORDER:-BORDER, BORDER:-BORDER]
    border = on.sum((1, 2)) - inner.sum((1, 2))
    return np.asarray(border / (on[0].size - inner[0].size), np.float32)


def smoothed(masks: Maps, flows: ClipFlows, keep: float, own: float) -> Maps:
    """Return masks averaged along the flow, forwards and backwards in time, within each shot.

    The released code's running average r = keep warp(r) + (1 - keep) warp(last mask) has no mask of
    its own frame in it, is stretched to a maximum of 1 (noise, where nothing moves) and taken or
    left by the truth; here it is mixed with the frame's mask by a fixed share.

    Args:
        masks: (n, H, W).
        flows: of the same frames and size, between neighbours.
        keep: what the average keeps per frame.
        own: share of a frame's own mask in the result.
    """
    averages = []
    for step in (-1, 1):  # the way flow leads: to the frame whose average is known
        if step in flows.steps:
            averages += [_running(masks, flows.of(step), flows.shots, step, keep)]
    if not averages:
        return masks
    return np.asarray(own * masks + (1 - own) * np.mean(averages, axis=0), np.float32)


def _running(
    masks: Maps,
    flow: NDArray[np.float16],
    shots: Sequence[tuple[int, int]],
    step: int,
    keep: float,
) -> Maps:
    height, width = masks.shape[1:]
    grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=2).astype(np.float32)
    averages = np.array(masks)
    for start, stop in shots:
        order = range(start + 1, stop) if step < 0 else range(stop - 2, start - 1, -1)
        for t in order:
            last = keep * averages[t + step] + (1 - keep) * masks[t + step]
            to = grid + flow[t].astype(np.float32)
            x, y = to[..., 0], to[..., 1]
            averages[t] = cv2.remap(last, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return averages
