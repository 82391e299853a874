"""Frames decoded once, resized, and kept in one memory-mapped file, so that loading never waits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import Clip, Image
from selfbench.store.atomic import replacing, storing
from selfbench.store.digest import digest_array


class Mapped:
    """Its memory-mapped arrays travel to other processes as the name of their file.

    They must be whole files, as `np.load` returns them.
    """

    def __getstate__(self) -> dict[str, Any]:
        return {name: _sent(value) for name, value in self.__dict__.items()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update({name: _received(value) for name, value in state.items()})


@dataclass(frozen=True)
class _File:
    path: Path


def _sent(value: Any) -> Any:
    if not isinstance(value, np.memmap):
        return value
    assert value.filename is not None, "np.load knows the file"
    return _File(Path(value.filename))


def _received(value: Any) -> Any:
    return np.load(value.path, mmap_mode="r") if isinstance(value, _File) else value


@lru_cache(128)  # a long training must not keep a file open per clip
def mapped(path: Path) -> NDArray[Any]:
    """Return the array in a file, memory-mapped."""
    array: NDArray[Any] = np.load(path, mmap_mode="r")
    return array


def resized(image: Image, width: int, height: int) -> Image:
    """Return an image (H, W, 3) at another size, averaging over areas when it shrinks."""
    import cv2

    return np.asarray(
        cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8
    )


def write_header(file: BinaryIO, shape: tuple[int, ...], dtype: str) -> None:
    """Begin an .npy file whose values are then written piece by piece.

    Through a memory map a full disk would kill the process; a write raises.
    """
    header = {"descr": dtype, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)


def clip_digest(clip: Clip, small: NDArray[np.uint8]) -> str:
    """Return the key of what is computed of a clip whose frames, resized, are `small`."""
    frame = clip.frames[0].shape[:2] if len(small) else (0, 0)
    return digest_array(small, str(frame))


def frames_by_clip(
    clips: Sequence[Clip], frames: NDArray[np.uint8], owner: NDArray[np.int64]
) -> Iterator[tuple[Clip, NDArray[np.uint8]]]:
    """Yield each clip with its part of what `cached_frames` returned."""
    starts = np.searchsorted(owner, np.arange(len(clips) + 1))
    for clip, (start, stop) in zip(clips, pairwise(starts), strict=True):
        yield clip, frames[start:stop]


def cached_frames(
    clips: Sequence[Clip], width: int, height: int, folder: Path
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return all frames of `clips` (N, height, width, 3), memory-mapped, and each one's clip (N,).

    The file lies in `folder` and is made once; it is keyed by its size alone, so the folder must
    be that of a cell, whose clips never change.
    """
    path = folder / f"frames-{width}x{height}.npy"
    owner = np.repeat(np.arange(len(clips)), [len(clip.frames) for clip in clips])
    if not path.exists():
        shape = (len(owner), height, width, 3)
        with storing(folder), replacing(path) as part, part.open("wb") as file:
            write_header(file, shape, "|u1")
            for clip in clips:
                for frame in clip.frames:
                    file.write(resized(frame, width, height).tobytes())
    return np.load(path, mmap_mode="r"), owner
