"""Training images: frames and their flow, flipped and cropped at random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from selfbench.contracts import Clip, Devices, Run
from selfbench.errors import DataError
from selfbench.methods.cis.losses import FLOW_UNITS, RELEASED_VERTICAL
from selfbench.methods.cis.settings import CISParams
from selfbench.store.arrays import Mapped
from selfbench.training.frame_cache import cached_frames
from selfbench.vision.flow.cache import Provider, flow_of_frames


class Batch(NamedTuple):
    """Images (B, 3, H, W) in [-0.5, 0.5] and flow (B, 2, H, W) in 1/8 of their width."""

    image: Tensor
    flow: Tensor


def flow_provider(params: CISParams) -> Provider:
    """Return where the flow comes from: an estimator, files or the dataset."""
    return Provider(params.flow, params.flow_files, params.flow_size, params.stabilise)


def to_batch(
    frames: NDArray[np.uint8],
    flow: NDArray[np.float32],
    scale: Literal["width", "released"],
    devices: Devices,
) -> Batch:
    """Return frames (B, H, W, 3) and flow (B, H, W, 2), in pixels, as the networks take them.

    Args:
        frames: RGB.
        flow: in pixels of these frames.
        scale: `width`: both axes in 1/8 of the width; `released`: in 80 pixels of 640 x 384.
        devices: where the result is.
    """
    height, width = flow.shape[1:3]
    factor = np.full(2, FLOW_UNITS / width, np.float32)
    if scale == "released":
        factor[1] = RELEASED_VERTICAL / height
    scaled = devices.put(torch.from_numpy(flow * factor))
    channels_first = scaled.permute(0, 3, 1, 2)  # (B, 2, H, W)
    return Batch(
        devices.images(frames) - 0.5, channels_first.contiguous(memory_format=torch.channels_last)
    )


class TrainingImages(Mapped):
    """All frames of the training clips with their flow.

    Raises:
        DataError: if no clip has two frames.
    """

    def __init__(self, clips: Sequence[Clip], params: CISParams, run: Run) -> None:
        self.params = params
        resized = cached_frames(clips, *params.size, run.folder)
        self.frames, clip_of_frame = resized.frames, resized.owner
        frames_per_clip = np.bincount(clip_of_frame, minlength=len(clips))
        if frames_per_clip.max(initial=0) < 2:
            raise DataError(
                f"cis learns from motion, but none of the {len(clips)} training clips has two"
                " frames; choose videos."
            )
        self.with_flow = np.flatnonzero(frames_per_clip[clip_of_frame] > 1)  # indices of frames
        self.flow = flow_of_frames(resized, flow_provider(params), params.reach, run)

    def batch(self, count: int, generator: torch.Generator, devices: Devices) -> Batch:
        """Return random images; of `count` every process of `devices` gets its share."""
        count = devices.share(count)
        draw = torch.randint(len(self.with_flow), (count,), generator=generator).numpy()
        indices = np.sort(self.with_flow[draw])  # (B,)
        steps = np.array(self.flow.steps)[
            torch.randint(len(self.flow.steps), (count,), generator=generator).numpy()
        ]  # (B,), frames from each image to the one its flow leads to
        flow = self.flow.pick(indices, steps)
        batch = to_batch(self.frames[indices], flow, self.params.flow_scale, devices)
        return augmented(batch, self.params.crop, self.params.flip, generator)


def augmented(batch: Batch, crop: float, flip: bool, generator: torch.Generator) -> Batch:
    """Return random crops with sides from `crop` to 1, mirrored in x and in y half of the time.

    Flow follows: in a mirror things move the other way, in a crop further.

    Args:
        batch: of whole images.
        crop: least side of a crop, as a share of the image's.
        flip: whether images are mirrored.
        generator: of all that is random, on the CPU.
    """
    count, device = len(batch.image), batch.image.device
    side = crop + (1 - crop) * torch.rand(count, 1, generator=generator)
    mirror = 1 - 2 * (torch.rand(count, 2, generator=generator) < 0.5 * flip).float()
    scale = side * mirror  # (B, 2), x y
    centre = (1 - side) * (2 * torch.rand(count, 2, generator=generator) - 1)
    affine = torch.cat([torch.diag_embed(scale), centre[:, :, None]], dim=2)  # (B, 2, 3)
    grid = functional.affine_grid(
        affine.to(device), list(batch.image.shape), align_corners=False
    )  # (B, H, W, 2)
    image, flow = (
        functional.grid_sample(x, grid, padding_mode="border", align_corners=False) for x in batch
    )
    return Batch(image, flow / scale.to(device)[:, :, None, None])
