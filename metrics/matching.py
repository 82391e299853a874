"""The Hungarian matching of predicted to true objects over a whole clip: DAVIS 2017 unsupervised.

Caelles et al. 2019, section 3: every predicted object is compared with every true one, in all
annotated frames; the Hungarian algorithm gives each true object the one prediction that makes the
mean of J and F largest in all. Predictions left over cost nothing, objects left over are compared
with an empty mask. As in `davis2017-evaluation`, the true objects are those of the first annotated
frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import ClipFrame
from selfbench.contracts.bitmask import BitMask
from selfbench.errors import DataError
from selfbench.metrics.boundary import contour_accuracy
from selfbench.metrics.region import region_similarity

MAX_PROPOSALS = 20  # per clip, the protocol's limit


class Matched(NamedTuple):
    """The true objects of a clip against their predictions, per frame."""

    objects: list[int]
    J: NDArray[np.float64]  # (objects, frames)
    F: NDArray[np.float64]  # (objects, frames)


def match_objects(frames: Sequence[ClipFrame]) -> Matched:
    """Return J and F of every true object with the prediction that the assignment gives it.

    Raises:
        DataError: for more than `MAX_PROPOSALS` predicted objects.
    """
    from scipy.optimize import linear_sum_assignment

    true = _numbers(_true_objects(frames[0]))
    predicted = sorted({number for frame in frames for number in _numbers(frame.objects)})
    if len(predicted) > MAX_PROPOSALS:
        raise DataError(
            f"got {len(predicted)} predicted objects, expected at most {MAX_PROPOSALS} (the limit"
            " of DAVIS 2017 unsupervised); keep the best, under the same number in every frame."
        )
    predicted += [0] * (len(true) - len(predicted))  # 0 stands for an empty prediction
    J, F = np.zeros((2, len(predicted), len(true), len(frames)))
    for t, frame in enumerate(frames):
        truth = _true_objects(frame)
        void = None if frame.truth.void is None else BitMask.pack(frame.truth.void)
        true_masks = [BitMask.pack(truth == number) for number in true]
        for row, number in enumerate(predicted):
            mask = frame.objects == number if number else np.zeros_like(truth)
            prediction = BitMask.pack(mask)
            for column, true_mask in enumerate(true_masks):
                J[row, column, t] = region_similarity(true_mask, prediction, void)
                F[row, column, t] = contour_accuracy(true_mask, prediction, void)
    rows, columns = linear_sum_assignment(-(J.mean(axis=2) + F.mean(axis=2)) / 2)
    rows = rows[np.argsort(columns)]
    each = np.arange(len(true))
    return Matched(true, J[rows, each], F[rows, each])


def _true_objects(frame: ClipFrame) -> NDArray[np.uint8]:
    """The numbers (H, W) of the true objects; a truth that is one mask is object 1."""
    if frame.truth.objects is not None:
        return frame.truth.objects
    if frame.truth.mask is not None:
        return frame.truth.mask.view(np.uint8)
    return np.zeros_like(frame.objects)


def _numbers(labels: NDArray[np.uint8]) -> list[int]:
    """The object numbers that occur, background left out."""
    return [int(n) for n in np.flatnonzero(np.bincount(labels.reshape(-1), minlength=256)) if n]
