"""Truth that is read from disk only when a frame's turn comes, so that memory stays small."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from selfbench.contracts import Truth
from selfbench.errors import DataError, did_you_mean
from selfbench.images import list_images, read_binary_mask


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
        self._loaders = dict(loaders)

    def __getitem__(self, name: str, /) -> Truth:
        return self._loaders[name]()

    def __iter__(self) -> Iterator[str]:
        return iter(self._loaders)

    def __len__(self) -> int:
        return len(self._loaders)


def mask_truth(path: Path, frames: SizedFrames) -> Truth:
    """Read the truth of one frame from a binary mask file.

    Raises:
        DataError: if it is broken, not binary, or not of the frames' size.
    """
    return Truth(mask=read_binary_mask(path, frames.size))


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
