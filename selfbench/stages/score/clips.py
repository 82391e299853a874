"""The truth and the predictions of one clip, as the score stage sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import ScoredBoxes, Truth
from selfbench.errors import DataError
from selfbench.media.masks import read_labels, read_soft_mask

CHUNK = 32  # frames per task: small enough to balance two workers, large enough to amortise


@dataclass(frozen=True)
class ScoredClip:
    """The truth and the predictions of one clip."""

    name: str
    frames: Sequence[str]  # all of its frames in time order, annotated or not
    truth: Mapping[str, Truth]
    masks: Path  # folder of its predicted masks
    boxes: Mapping[str, ScoredBoxes] | None = None  # the method's own, by frame; None: it has none
    read: Callable[[Path], NDArray[np.uint8]] = read_soft_mask  # what the mask files hold
    objects: Path | None = None  # folder of the labels of its objects; None: the mask is one object

    def chunks(self) -> Iterator[ScoredClip]:
        """Yield parts of at most `CHUNK` annotated frames; `frames` stays whole."""
        known = set(self.truth)  # asking the truth itself whether it has a frame would load it
        names = [name for name in self.frames if name in known]
        for start in range(0, len(names), CHUNK):
            part = names[start : start + CHUNK]
            yield replace(self, truth=Part(self.truth, part))


class Part(Mapping[str, Truth]):
    """Some frames of a truth, still loaded only when asked for."""

    def __init__(self, whole: Mapping[str, Truth], names: Sequence[str]) -> None:
        self.whole, self.names = whole, names

    def __getitem__(self, name: str) -> Truth:
        return self.whole[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


def annotated(clips: Iterable[ScoredClip]) -> list[ScoredClip]:
    """Return the clips that have any truth."""
    return [clip for clip in clips if len(clip.truth)]


def predicted(
    clip: ScoredClip, name: str, truth: Truth, labels: Path | None = None
) -> NDArray[np.uint8]:
    """Return the predicted mask of a frame, or its objects from the folder `labels`.

    Raises:
        DataError: if it has not the size of the truth.
    """
    path = (labels or clip.masks) / f"{name}.png"
    soft = read_labels(path) if labels else clip.read(path)
    if truth.mask is not None and soft.shape != truth.mask.shape:
        raise DataError(
            f"{path} is {soft.shape[1]}x{soft.shape[0]} pixels, but the truth of this frame is "
            f"{truth.mask.shape[1]}x{truth.mask.shape[0]}; masks must have the frame's size."
        )
    return soft
