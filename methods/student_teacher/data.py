"""Frames and soft masks of the training clips at the working size, and batches of crops."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from selfbench.contracts import Clip, Devices
from selfbench.methods.student_teacher.settings import StudentTeacherParams
from selfbench.store.arrays import Mapped, mapped, write_header
from selfbench.store.atomic import replacing, storing
from selfbench.vision.background.backgrounds import Backgrounds
from selfbench.vision.background.matte import background_difference
from selfbench.vision.background.recolouring import recoloured
from selfbench.vision.crf import local_crf

Masks = NDArray[np.uint8]  # (N, M, M), memory-mapped
# Where an object begins, as a share of a mask's peak, and how steeply more becomes certain: the
# mask alone must be strict, what stands behind lets it be generous, above all with students.
CUT_ALONE, CUT_KNOWN, CUT_STUDENT, STEEP = 0.7, 0.3, 0.15, 10.0
REACH = 1 / 40  # how far beyond a student's mask a limb may be that it misses, share of the side
DOUBT = 0.1  # what remains of a mask's word where a frame looks like what stands behind it
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


def sharpened(
    masks: Masks,
    frames: NDArray[np.uint8],
    wanted: NDArray[np.int64],
    behind: Backgrounds | None = None,
    students: bool = False,
) -> Iterator[NDArray[np.uint8]]:
    """Yield labels (M, M) made of soft masks (N, M, M); those of frames not `wanted` are empty.

    Soft masks are pale all over the scene, VideoPCA's as students', and a network of few steps
    learns the mean of that. A mask says where the object is, what stands behind the frame which
    pixels there are not background, and a CRF draws the rest to the frame's edges. Where the
    background is not known, or holds the object itself because it stays in its place, only the
    heart of the mask counts.

    Args:
        masks: of the teacher or of a student.
        frames: (N, M, M, 3).
        wanted: indices of frames.
        behind: what stands behind them.
        students: whose masks these are. They lose arms and feet, and their own students would lose
            more, so that what stands out near them counts too.
    """
    import cv2

    crf, learnt_from = local_crf(frames.shape[2]), set(wanted.tolist())
    reach = round(REACH * frames.shape[2]) if students else 0
    around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    cut = CUT_STUDENT if students else CUT_KNOWN
    for i, (mask, frame) in enumerate(zip(masks, frames, strict=True)):
        if i not in learnt_from:
            yield np.zeros_like(mask)
            continue
        peak = np.float32(max(int(mask.max()), FAINT))
        label = alone = _certain(mask / peak, CUT_ALONE)
        if behind is not None:
            empty = behind.pick(np.array([i]))[0]
            stands_out = DOUBT + (1 - DOUBT) * _differing(frame, empty[..., :3])
            near = _certain(cv2.dilate(mask, around) / peak, cut)
            label = np.where(empty[..., 3] > 0, near * stands_out, alone)
        refined = crf.refine_soft(frame, label)
        if behind is not None and refined.max() < 0.5:
            refined = crf.refine_soft(frame, alone)
        yield np.rint(refined * 255).astype(np.uint8)


def _certain(share: NDArray[np.float32], cut: float) -> NDArray[np.float32]:
    """Return how sure a mask is, 0 to 1, of pixels that have this share of its peak."""
    found: NDArray[np.float32] = 1 / (1 + np.exp(-STEEP * (share - np.float32(cut))))
    return found


def _differing(frame: NDArray[np.uint8], behind: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return how far one frame (M, M, 3) is from its background, (M, M) from 0 to 1."""
    pair = torch.from_numpy(np.stack([frame, behind])).permute(0, 3, 1, 2) / 255
    found: NDArray[np.float32] = background_difference(pair[:1], pair[1:])[0, 0].numpy()
    return found


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
            matte = background_difference(image, behind[:, :3]) * (behind[:, 3:] > 0)
            image = recoloured(image, matte, params.recolour, generator)
        return image, label
