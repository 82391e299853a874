"""What a generation of students learns from: frames with labels, and batches of crops of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from selfbench.contracts import Devices
from selfbench.methods.student_teacher.settings import StudentTeacherParams
from selfbench.store.arrays import Mapped, mapped


@dataclass
class Labels(Mapped):
    """Frames, masks of them by one or more teachers, and which masks are learnt from.

    A frame has as many labels as teachers whose mask of it was selected.
    """

    frames: NDArray[np.uint8]  # (N, M, M, 3)
    teachers: list[Path]  # the file of each teacher's masks (N, M, M)
    selected: NDArray[np.int64]  # (L, 2), indices of teacher and frame

    def batch(
        self, params: StudentTeacherParams, generator: torch.Generator, devices: Devices
    ) -> tuple[Tensor, Tensor]:
        """Return random crops of images (B, 3, S, S) and of their masks (B, 1, S, S) in [0, 1].

        Args:
            params: batch and crop size.
            generator: of all that is random, on the CPU.
            devices: where the result is.
        """
        side, count = params.size, params.batch
        largest_corner = params.cached - side + 1
        rows = torch.randint(len(self.selected), (count,), generator=generator).numpy()
        corners = torch.randint(largest_corner, (count, 2), generator=generator).numpy()

        def crops(pictures: Iterable[NDArray[np.uint8]]) -> Tensor:
            """Return crops (B, C, S, S) of pictures (M, M, C)."""
            cropped = [
                picture[y : y + side, x : x + side]
                for picture, (y, x) in zip(pictures, corners, strict=True)
            ]
            return devices.images(np.stack(cropped))

        masks = [mapped(path) for path in self.teachers]
        teachers, frames = self.selected[rows].T
        image = crops(self.frames[frame] for frame in frames)
        label = crops(masks[t][f][..., None] for t, f in zip(teachers, frames, strict=True))
        return self.coloured(image, frames, crops, generator), label

    def coloured(
        self,
        image: Tensor,
        frames: NDArray[np.int64],
        crops: Callable[[Iterable[NDArray[np.uint8]]], Tensor],
        generator: torch.Generator,
    ) -> Tensor:
        """Return images (B, 3, S, S) as they are; methods that build on this one change colours.

        Args:
            image: crops of frames.
            frames: indices of these frames (B,).
            crops: cuts the same crops from other pictures of the frames.
            generator: of all that is random, on the CPU.
        """
        return image
