"""Truth that is read from disk only when a frame's turn comes, so that memory stays small."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Protocol

import numpy as np

from selfbench.contracts import Boxes, Truth
from selfbench.errors import DataError, did_you_mean
from selfbench.media.frames import FilesIn, list_images
from selfbench.media.masks import check_size, read_binary_mask, read_grey


class SizedFrames(Protocol):
    """What of a clip's frames its masks must agree with."""

    @property
    def names(self) -> Sequence[str]:
        """One name per frame."""

    @property
    def size(self) -> tuple[int, int]:
        """(H, W) of every frame."""


class LazyTruth(Mapping[str, Truth]):
    """Frame name -> `Truth`, each loaded anew whenever it is asked for; nothing is kept."""

    def __init__(self, loaders: Mapping[str, Callable[[], Truth]]) -> None:
        """Take frame name -> function without arguments; a `partial` can be pickled."""
        self.loaders = loaders

    def __getitem__(self, name: str, /) -> Truth:
        return self.loaders[name]()

    def __iter__(self) -> Iterator[str]:
        return iter(self.loaders)

    def __len__(self) -> int:
        return len(self.loaders)


class PerFile(Mapping[str, Callable[[], Truth]]):
    """Frame name -> what reads its truth from the file of that stem; a million cost only names."""

    def __init__(self, files: FilesIn, read: Callable[[Path], Truth]) -> None:
        self._files, self._read = files, read

    @cached_property
    def _places(self) -> dict[str, int]:
        return {stem: place for place, stem in enumerate(self._files.stems())}

    def __getitem__(self, name: str, /) -> Callable[[], Truth]:
        return partial(self._read, self._files[self._places[name]])

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._files)


def mask_truth(path: Path, frames: SizedFrames) -> Truth:
    """Read the truth of one frame from a binary mask file.

    Raises:
        DataError: if it is broken, not binary, or not of the frames' size.
    """
    return Truth(mask=read_binary_mask(path, frames.size))


def grey_truth(paths: Sequence[Path], frames: SizedFrames, level: int = 128) -> Truth:
    """Read the truth of one frame from masks of its objects: what is `level` or brighter in any.

    Raises:
        DataError: if one is broken or not of the frames' size.
    """
    objects = np.zeros(frames.size, np.uint8)
    for number, path in enumerate(paths, 1):
        grey = read_grey(path)
        check_size(path, grey.shape, frames.size)
        objects[grey >= level] = number
    return Truth(mask=objects > 0, objects=objects if len(paths) > 1 else None)


def box_truth(boxes: Boxes) -> Truth:
    """Return the truth of a frame of which boxes (N, 4) are known and no mask."""
    return Truth(boxes=boxes)


def sparse_truth(folder: Path, frames: SizedFrames) -> LazyTruth:
    """Return the truth in `folder`, one mask `<frame name>.png` for some of the frames.

    Raises:
        DataError: if a mask belongs to no frame.
    """
    masks = {path.stem: path for path in list_images(folder)}
    for name in masks.keys() - set(frames.names):
        raise DataError(
            f"{masks[name]} belongs to no frame: its clip has no frame '{name}'"
            f" (of {len(frames.names)}).{did_you_mean(name, frames.names)}"
        )
    return LazyTruth({name: partial(mask_truth, path, frames) for name, path in masks.items()})
