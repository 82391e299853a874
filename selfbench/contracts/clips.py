"""What methods see, clips, and say, predictions; and the truth, which only the score stage sees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]  # (H, W, 3), RGB
Boxes = NDArray[np.float64]  # (N, 4), x0 y0 x1 y1 in pixels; x1 - x0 is the width
ScoredBoxes = tuple[Boxes, NDArray[np.float64]]  # boxes (N, 4) and their scores (N,)


class Frames(Protocol):
    """The frames of a clip, decoded only when asked for; every frame has the same size."""

    @property
    def names(self) -> Sequence[str]:
        """One name per frame (its file stem), in time order."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> Image: ...

    def __iter__(self) -> Iterator[Image]: ...


class GivenFlow(Protocol):
    """Optical flow that comes with a clip."""

    @property
    def key(self) -> str:
        """What tells this flow from another of the same frames."""

    @property
    def steps(self) -> Sequence[int]:
        """How many frames away the partners are for which there is flow; negative: earlier."""

    def __call__(self, frame: int, step: int, /) -> NDArray[np.float32]:
        """Return the flow (h, w, 2) in pixels of its own size from `frame` to `frame + step`."""


@dataclass(frozen=True)
class Clip:
    """One unlabelled video, all that a method ever sees of it."""

    name: str
    frames: Frames
    fps: float | None = None
    background: Image | None = None  # the empty scene, where a dataset knows it
    flow: GivenFlow | None = None  # where a dataset brings its own


def no_boxes() -> Boxes:
    """Return an empty (0, 4) array of boxes."""
    return np.zeros((0, 4))


def no_scored_boxes() -> ScoredBoxes:
    """Return the boxes of a frame in which no object was detected."""
    return no_boxes(), np.zeros(0)


@dataclass(frozen=True)
class Prediction:
    """What a method says of one frame."""

    mask: NDArray[np.floating[Any]]  # (H, W) at the frame's size, soft, in [0, 1]
    boxes: Boxes = field(default_factory=no_boxes)  # (N, 4) xyxy in pixels, best first
    scores: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))  # (N,)
    # (H, W), 0 background, else the object's number, the same in every frame of the clip; in all
    # frames or in none. Where masks of several objects overlap, the method says whose pixel it is.
    objects: NDArray[np.uint8] | None = None


@dataclass(frozen=True)
class Marks:
    """What a method can draw over a frame to show how it decided, in pixels."""

    # (N, 3): x, y and a weight in [0, 1]
    dots: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 3)))
    # (M, 4): from x0 y0 to x1 y1
    lines: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 4)))


@dataclass(frozen=True)
class Truth:
    """What is known of one annotated frame. The mask may be missing where only boxes are known."""

    mask: NDArray[np.bool_] | None = None  # (H, W)
    void: NDArray[np.bool_] | None = None  # (H, W), pixels that count neither way
    boxes: Boxes | None = None  # (N, 4) xyxy in pixels; None: the tight box around the mask
    # (H, W), 0 background or void, else the object's number, the same in every frame of the clip;
    # None: the mask is one object
    objects: NDArray[np.uint8] | None = None
