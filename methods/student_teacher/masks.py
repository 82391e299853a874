"""Soft masks of the training frames, by a teacher or a student, in memory-mapped files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from selfbench.contracts import Clip
from selfbench.store.arrays import write_header
from selfbench.store.atomic import replacing, storing

Masks = NDArray[np.uint8]  # (N, M, M), memory-mapped; 255 is certain foreground


def cached_masks(
    masks: Callable[[], Iterable[NDArray[np.uint8]]], count: int, side: int, path: Path
) -> Masks:
    """Return soft masks (count, side, side), made once and memory-mapped from `path`.

    Args:
        masks: yields them, uint8 (H, W) of any size; called if the file does not exist.
        count: how many it yields.
        side: in pixels, to which they are resized.
        path: of the file.
    """
    import cv2

    if not path.exists():
        with storing(path.parent), replacing(path) as part, part.open("wb") as file:
            write_header(file, (count, side, side), "|u1")
            for mask in masks():
                small = cv2.resize(mask, (side, side), interpolation=cv2.INTER_AREA)
                file.write(np.asarray(small, np.uint8).tobytes())
    stored: Masks = np.load(path, mmap_mode="r")
    return stored


def teacher_masks(
    clips: Sequence[Clip], teacher: Callable[[Clip], Iterable[NDArray[np.uint8]]]
) -> Iterator[NDArray[np.uint8]]:
    """Yield the teacher's soft mask (H, W) of every frame of `clips`."""
    for clip in clips:
        yield from teacher(clip)


def resize(x: Tensor, side: int) -> Tensor:
    """Return x (N, C, H, W) at side x side: averages where it shrinks, bilinear where it grows."""
    if x.shape[-1] == side:
        return x
    if x.shape[-1] > side:
        return torch.nn.functional.interpolate(x, (side, side), mode="area")
    return torch.nn.functional.interpolate(x, (side, side), mode="bilinear", align_corners=False)


def eight_bits(masks: Tensor) -> Masks:
    """Return soft masks (N, 1, M, M) in [0, 1] as uint8 (N, M, M)."""
    grey: Masks = (masks[:, 0] * 255).round().byte().cpu().numpy()
    return grey
