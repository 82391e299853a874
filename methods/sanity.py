"""Trivial methods that bound every table: the scores of looking at nothing, and of the truth.

They check metrics and protocols more than they compete: a method below `center-box` has learnt
less than where photographers point their cameras, and `oracle` shows what 8-bit masks, boxes and
the metrics themselves allow.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from selfbench.contracts import Boxes, Clip, Method, Prediction, Run, Truth
from selfbench.errors import DataError
from selfbench.params import Params


class Oracle(Method):
    """The truth itself, the upper bound of every metric; no method, and marked so in every table.

    Masks, objects and boxes as annotated; a box where there is no mask is filled. Void pixels are
    background, frames without annotation are empty.
    """

    name = "oracle"
    supervision = ("the truth",)
    needs_truth = True

    def predict(self, clip: Clip, run: Run) -> Iterator[Prediction]:
        """Yield the truth of each frame.

        Raises:
            DataError: if nothing is annotated, in none of the clips.
        """
        if not any(run.truth.values()):
            raise DataError(
                "oracle repeats the truth, and this dataset has none; give one that has, e.g. "
                "--dataset fs-singles-sim, or your own masks with --set folder.masks=DIR."
            )
        truth = run.truth.get(clip.name, {})
        annotated = set(truth)  # asking the truth itself whether it has a frame would load it
        height, width = clip.frames[0].shape[:2]
        first = truth[min(annotated)] if annotated else Truth()
        for name in clip.frames.names:
            mask: NDArray[np.float64] = np.zeros((height, width))
            boxes: Boxes = np.zeros((0, 4))
            objects = np.zeros((height, width), np.uint8) if first.objects is not None else None
            if name in annotated:
                frame = truth[name]
                boxes = boxes if frame.boxes is None else frame.boxes
                mask = (
                    _filled(boxes, height, width)
                    if frame.mask is None
                    else frame.mask.astype(float)
                )
                objects = objects if frame.objects is None else frame.objects
            yield Prediction(mask, boxes, np.ones(len(boxes)), objects)


class CenterBox(Method):
    """A box in the middle of every frame: the bias of those who hold the camera."""

    name = "center-box"
    sees = "image"

    class Params(Params):
        """How large the box is."""

        share: float = Field(
            0.5, gt=0, le=1,
            description="width and height of the box, as a share of the frame's",
        )  # fmt: skip

    params: Params

    def predict(self, clip: Clip, run: Run) -> Iterator[Prediction]:
        """Yield the same box, filled, for each frame."""
        height, width = clip.frames[0].shape[:2]
        low, high = (1 - self.params.share) / 2, (1 + self.params.share) / 2
        box = np.array([[low * width, low * height, high * width, high * height]])
        return _same(_boxed(box, height, width), clip)


class WholeFrame(Method):
    """Everything is foreground: recall 1, and J is the share of the frame that the object takes."""

    name = "whole-frame"
    sees = "image"

    def predict(self, clip: Clip, run: Run) -> Iterator[Prediction]:
        """Yield a full mask and its box for each frame."""
        height, width = clip.frames[0].shape[:2]
        return _same(_boxed(np.array([[0.0, 0, width, height]]), height, width), clip)


class Empty(Method):
    """Nothing is foreground: right where there is nothing to find."""

    name = "empty"
    sees = "image"

    def predict(self, clip: Clip, run: Run) -> Iterator[Prediction]:
        """Yield an empty mask without boxes for each frame."""
        return _same(Prediction(np.zeros(clip.frames[0].shape[:2])), clip)


class Random(Method):
    """A random box in every frame: corners anywhere, a random score; differs from seed to seed."""

    name = "random"
    sees = "image"

    def predict(self, clip: Clip, run: Run) -> Iterator[Prediction]:
        """Yield a random box, filled with its score, for each frame."""
        height, width = clip.frames[0].shape[:2]
        for name in clip.frames.names:
            rng = run.rng(clip.name, name)
            x0, x1 = np.sort(rng.uniform(0, width, 2))
            y0, y1 = np.sort(rng.uniform(0, height, 2))
            yield _boxed(np.array([[x0, y0, x1, y1]]), height, width, float(rng.uniform()))


def _boxed(boxes: Boxes, height: int, width: int, score: float = 1.0) -> Prediction:
    """Return a prediction of boxes (N, 4), xyxy in pixels, all with one score."""
    mask = _filled(boxes, height, width) * score
    return Prediction(mask, boxes, np.full(len(boxes), score))


def _filled(boxes: Boxes, height: int, width: int) -> NDArray[np.float64]:
    """Return a mask (H, W) of the pixels whose centre lies in one of the boxes (N, 4)."""
    mask = np.zeros((height, width))
    x, y = np.arange(width) + 0.5, np.arange(height) + 0.5
    for x0, y0, x1, y1 in boxes:
        mask[np.ix_((y > y0) & (y < y1), (x > x0) & (x < x1))] = 1.0
    return mask


def _same(prediction: Prediction, clip: Clip) -> Iterator[Prediction]:
    """Yield one prediction for every frame of a clip."""
    return (prediction for _ in clip.frames.names)
