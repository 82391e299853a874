"""Frames and soft masks of the training clips at the working size, and batches of crops."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from selfbench.atomic import replacing, storing
from selfbench.backgrounds import Backgrounds
from selfbench.contracts import Clip
from selfbench.crf import local_crf
from selfbench.devices import Devices
from selfbench.frame_cache import Mapped, mapped, write_header
from selfbench.methods.student_teacher.settings import StudentTeacherParams
from selfbench.recolouring import differing, recoloured

Masks = NDArray[np.uint8]  # (N, M, M), memory-mapped
# Where an object begins, as a share of a mask's peak, and how steeply more becomes certain.
CUT, STEEP = 0.7, 10.0
FAINT = 13  # peaks of 0 to 255 below are not stretched


def cached_masks(
    masks: Callable[[], Iterable[NDArray[np.uint8]]], count: int, side: int, path: Path
) -> Masks:
    """Return soft masks (count, side, side), made once and memory-mapped from `path`."""
    import cv2

    if not path.exists():
        with storing(path.parent), replacing(path) as part, part.open("wb") as file:
            write_header(file, (count, side, side), "|u1")
            for mask in masks():
                small = cv2.resize(mask, (side, side), interpolation=cv2.INTER_AREA)
                file.write(np.asarray(small, np.uint8).tobytes())
    found: Masks = np.load(path, mmap_mode="r")
    return found


def teacher_masks(
    clips: Sequence[Clip], teacher: Callable[[Clip], Iterable[NDArray[np.uint8]]]
) -> Iterator[NDArray[np.uint8]]:
    """Yield the teacher's soft mask of every frame of `clips`."""
    for clip in clips:
        yield from teacher(clip)


def sharpened(masks: Masks, frames: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    """Yield labels (M, M) made of soft masks (N, M, M): drawn to the edges of frames (N, M, M, 3).

    Soft masks are pale all over the scene, VideoPCA's as students', and a network of few steps
    learns the mean of that.
    """
    crf = local_crf(frames.shape[2])
    for mask, frame in zip(masks, frames, strict=True):
        share = mask / np.float32(max(int(mask.max()), FAINT))
        certain = 1 / (1 + np.exp(-STEEP * (share - CUT)))
        yield np.rint(crf.refine_soft(frame, certain) * 255).astype(np.uint8)


def resize(x: Tensor, side: int) -> Tensor:
    """Return x (N, C, H, W) at side x side: averages where it shrinks, bilinear where it grows."""
    if x.shape[-1] == side:
        return x
    if x.shape[-1] > side:
        return torch.nn.functional.interpolate(x, (side, side), mode="area")
    return torch.nn.functional.interpolate(x, (side, side), mode="bilinear", align_corners=False)


@dataclass
class Labels(Mapped):
    """What a generation learns from: frames, masks of them by one or more teachers, and a choice.

    frames: (N, M, M, 3). chosen: (L, 2), rows of teacher and frame; a frame has as many labels as
    teachers whose mask of it was good enough. behind: what stands behind the frames, where known.
    """

    frames: NDArray[np.uint8]
    teachers: list[Path]  # each teacher's masks (N, M, M)
    chosen: NDArray[np.int64]
    behind: Backgrounds | None = None

    def batch(
        self, params: StudentTeacherParams, generator: torch.Generator, devices: Devices
    ) -> tuple[Tensor, Tensor]:
        """Return random crops of images (B, 3, S, S) and of their masks (B, 1, S, S) in [0, 1]."""
        side, count = params.size, params.batch
        room = params.cached - side + 1
        rows = torch.randint(len(self.chosen), (count,), generator=generator).numpy()
        corners = torch.randint(room, (count, 2), generator=generator).numpy()
        mirrored = torch.rand(count, generator=generator).numpy() < 0.5 * params.flip

        def crops(pictures: Iterable[NDArray[np.uint8]]) -> Tensor:
            found = [
                picture[y : y + side, x : x + side][:, :: -1 if mirror else 1]
                for picture, (y, x), mirror in zip(pictures, corners, mirrored, strict=True)
            ]
            return devices.images(np.stack(found))

        masks = [mapped(path) for path in self.teachers]
        teachers, frames = self.chosen[rows].T
        image = crops(self.frames[frame] for frame in frames)
        label = crops(masks[t][f][..., None] for t, f in zip(teachers, frames, strict=True))
        if self.behind is not None and params.recolour:
            behind = crops(self.behind.pick(frames))  # the last channel: where it is known
            matte = differing(image, behind[:, :3]) * (behind[:, 3:] > 0)
            image = recoloured(image, matte, params.recolour, generator)
        return image, label
