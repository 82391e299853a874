"""What a generation of students learns from: frames with labels, and batches of crops of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from selfbench.contracts import Devices, Run
from selfbench.methods.student_teacher.masks import cached_masks
from selfbench.methods.student_teacher.settings import StudentTeacherParams
from selfbench.methods.student_teacher.sharpening import sharpened
from selfbench.store.arrays import Mapped, mapped
from selfbench.vision.background.backgrounds import Backgrounds
from selfbench.vision.background.matte import background_difference
from selfbench.vision.background.recolouring import recoloured


@dataclass
class Labels(Mapped):
    """Frames, masks of them by one or more teachers, and which masks are learnt from.

    A frame has as many labels as teachers whose mask of it was selected.
    """

    frames: NDArray[np.uint8]  # (N, M, M, 3)
    teachers: list[Path]  # the file of each teacher's masks (N, M, M)
    selected: NDArray[np.int64]  # (L, 2), indices of teacher and frame
    backgrounds: Backgrounds | None = None  # of the frames, where they are known

    def batch(
        self, params: StudentTeacherParams, generator: torch.Generator, devices: Devices
    ) -> tuple[Tensor, Tensor]:
        """Return random crops of images (B, 3, S, S) and of their masks (B, 1, S, S) in [0, 1].

        Args:
            params: batch and crop size, flips and colours.
            generator: of all that is random, on the CPU.
            devices: where the result is.
        """
        side, count = params.size, params.batch
        largest_corner = params.cached - side + 1
        rows = torch.randint(len(self.selected), (count,), generator=generator).numpy()
        corners = torch.randint(largest_corner, (count, 2), generator=generator).numpy()
        mirrored = torch.rand(count, generator=generator).numpy() < 0.5 * params.flip

        def crops(pictures: Iterable[NDArray[np.uint8]]) -> Tensor:
            """Return crops (B, C, S, S) of pictures (M, M, C)."""
            cropped = [
                picture[y : y + side, x : x + side][:, :: -1 if mirror else 1]
                for picture, (y, x), mirror in zip(pictures, corners, mirrored, strict=True)
            ]
            return devices.images(np.stack(cropped))

        masks = [mapped(path) for path in self.teachers]
        teachers, frames = self.selected[rows].T
        image = crops(self.frames[frame] for frame in frames)
        label = crops(masks[t][f][..., None] for t, f in zip(teachers, frames, strict=True))
        if self.backgrounds is not None and params.recolour:
            rgb_known = crops(self.backgrounds.pick(frames))  # (B, 4, S, S)
            known = rgb_known[:, 3:] > 0
            matte = background_difference(image, rgb_known[:, :3]) * known
            image = recoloured(image, matte, params.recolour, generator)
        return image, label


def make_labels(
    paths: Sequence[Path],
    frames: NDArray[np.uint8],
    selected: NDArray[np.int64],
    backgrounds: Backgrounds | None,
    params: StudentTeacherParams,
    run: Run,
    students: bool = False,
) -> Labels:
    """Return what a generation learns from, sharpened if `params` say so.

    Args:
        paths: files of the teachers' masks (N, M, M); sharpened ones are kept beside them.
        frames: (N, M, M, 3).
        selected: (L, 2), indices of teacher and frame.
        backgrounds: of the frames.
        params: of the method.
        run: shows progress.
        students: whether the teachers are students of an earlier generation.
    """
    label_paths = list(paths)
    if params.sharpen:
        for i, path in enumerate(paths):
            run.progress(f"labels from {path.stem}")
            label_paths[i] = path.with_name(f"labels-{path.name}")
            of_teacher = selected[selected[:, 0] == i, 1]  # indices of frames
            labels = partial(sharpened, mapped(path), frames, of_teacher, backgrounds, students)
            cached_masks(labels, len(frames), params.cached, label_paths[i])
    return Labels(frames, label_paths, selected, backgrounds)
