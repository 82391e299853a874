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
BORDER = 2  # pixels, as in the code of Yang et al. 2019

Maps = NDArray[np.float32]  # (n, H, W) in [0, 1]


def masks_of_clip(
    generator: nn.Module,
    frames: NDArray[np.uint8],
    flows: ClipFlows,
    params: CISParams,
    devices: Devices,
) -> Maps:
    """Return the soft masks (n, H, W) of a clip, each the mean over all flows of its frame.

    Args:
        generator: in eval mode, on the device.
        frames: (n, H, W, 3) at the working size.
        flows: of the same frames.
        params: crops and the border rule.
        devices: on what to compute.
    """
    total = np.zeros(frames.shape[:3], np.float32)
    count = np.zeros(frames.shape[:3], np.float32)  # of masks added at each pixel
    for step in flows.steps:
        for start in range(0, len(frames), BATCH):
            rows = slice(start, start + BATCH)
            batch = to_batch(
                np.array(frames[rows]),
                flows.of(step)[rows].astype(np.float32),
                params.flow_scale,
                devices,
            )
            for crop in params.crops:
                window, view = _cropped(batch, crop)
                with torch.inference_mode(), devices.autocast():
                    masks = generator(*view).float()
                masks = functional.interpolate(
                    masks, batch.image[window].shape[2:], mode="bilinear"
                )
                regions, valid = foreground(masks[:, 0].cpu().numpy(), params)
                pixels = (rows, *window[2:])
                total[pixels] += regions * valid[:, None, None]
                count[pixels] += valid[:, None, None]
    for start, stop in flows.shots:
        if stop == start + 1:
            total[start] = 0  # a frame that is alone in its shot has no flow
    # Where the border rule never accepts a region there is no foreground.
    return np.asarray(total / np.maximum(count, 1), np.float32)  # Yang et al. 2019, Eq. 14


def _cropped(batch: Batch, crop: float) -> tuple[tuple[slice, ...], Batch]:
    """Return where a central crop of relative side `crop` lies, and it at the size of the whole."""
    height, width = batch.image.shape[2:]
    top, left = (round(side * (1 - crop) / 2) for side in (height, width))
    window = (slice(None), slice(None), slice(top, height - top), slice(left, width - left))
    if not top and not left:
        return window, batch
    return window, Batch(
        *(functional.interpolate(x[window], (height, width), mode="bilinear") for x in batch)
    )


def foreground(masks: Maps, params: CISParams) -> tuple[Maps, Maps]:
    """Return the foreground (b, H, W) of each mask, and (b,) 1 where that choice is valid, else 0.

    The two regions of Yang et al. 2019, Eq. 7 are symmetric. Their code takes for background the
    one that fills the image's border; where both do, it relies on the other flows of the frame.
    """
    share = border_share(masks, params.border_level)
    complement_share = border_share(1 - masks, params.border_level)
    valid = np.where(np.minimum(share, complement_share) < params.border_share, 1.0, 0.0)
    if params.binary:  # before the choice: what is in neither region is then in the complement
        masks = (masks > params.border_level).astype(np.float32)
    regions = np.where((share >= params.border_share)[:, None, None], 1 - masks, masks)
    return np.asarray(regions, np.float32), np.asarray(valid, np.float32)


def border_share(masks: Maps, level: float) -> Maps:
    """Return the share (b,) of each image's border that a mask above `level` covers."""
    on = masks > level  # (b, H, W)
    inner = on[:, BORDER:-BORDER, BORDER:-BORDER]
    on_border = on.sum((1, 2)) - inner.sum((1, 2))
    return np.asarray(on_border / (on[0].size - inner[0].size), np.float32)


def smoothed(masks: Maps, flows: ClipFlows, keep: float) -> Maps:
    """Return masks (n, H, W) averaged along the flow, both ways in time, within each shot.

    The released code's running average r = keep warp(r) + (1 - keep) warp(last mask), which has no
    mask of its own frame in it. There each average is also stretched to a maximum of 1 (noise,
    where nothing moves) and accepted or rejected by the truth; here their mean is taken.

    Args:
        masks: (n, H, W).
        flows: of the same frames and size, between neighbours.
        keep: what the average keeps per frame.
    """
    averages = []
    for step in (-1, 1):  # the way flow leads: to the frame whose average is known
        if step in flows.steps:
            averages += [_running(masks, flows.of(step), flows.shots, step, keep)]
    if not averages:
        return masks
    return np.asarray(np.mean(averages, axis=0), np.float32)


def _running(
    masks: Maps,
    flow: NDArray[np.float16],
    shots: Sequence[tuple[int, int]],
    step: int,
    keep: float,
) -> Maps:
    """Return the running average of masks (n, H, W), each warped by its flow (n, H, W, 2)."""
    height, width = masks.shape[1:]
    grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=2).astype(np.float32)
    averages = np.array(masks)
    for start, stop in shots:
        order = range(start + 1, stop) if step < 0 else range(stop - 2, start - 1, -1)
        for t in order:
            last = keep * averages[t + step] + (1 - keep) * masks[t + step]
            target = grid + flow[t].astype(np.float32)  # (H, W, 2), x y
            x, y = target[..., 0], target[..., 1]
            averages[t] = cv2.remap(last, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return averages
