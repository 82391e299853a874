"""Region similarity J: the intersection over union of two masks.

Perazzi et al. 2016, section 4; equal to `db_eval_iou` of the official davis2017-evaluation bit for
bit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import MaskMetric
from selfbench.contracts.bitmask import BitMask
from selfbench.media.thresholds import CUTS
from selfbench.metrics.davis_statistics import STATISTICS, summarise

OVER_CLIPS = "mean over the frames of a clip, then over clips"  # how protocol lines end


def region_similarity(truth: BitMask, prediction: BitMask, void: BitMask | None = None) -> float:
    """Return J, in [0, 1], of two masks of the same shape (H, W); 1 if both are empty.

    Void pixels count neither as foreground nor as background.
    """
    true, predicted = valid_rows(truth, prediction, void)
    union = count_bits(true | predicted)
    return count_bits(true & predicted) / union if union else 1.0


def j_curve(
    truth: NDArray[np.bool_], soft: NDArray[np.uint8], void: NDArray[np.bool_] | None = None
) -> NDArray[np.float64]:
    """Return J (19,) of the 8-bit soft mask (H, W) cut at each of `thresholds.LEVELS`.

    Exact: each value is what `region_similarity` returns of the mask `soft > cut`.
    """
    check_shapes(truth.shape, soft.shape, None if void is None else void.shape)
    if void is not None:
        valid = ~void
        truth, soft = truth[valid], soft[valid]
    inside = soft[truth]  # (n_gt,)
    intersection, predicted = _above_cuts(inside), _above_cuts(soft)
    union = inside.size + predicted - intersection
    values = np.ones(len(CUTS))
    np.divide(intersection, union, out=values, where=union > 0)
    return values


class Overlap(MaskMetric):
    """Intersection over union of the masks, frame by frame; a metric says how it is averaged."""

    def frame(self, truth: BitMask, prediction: BitMask, void: BitMask | None = None) -> float:
        """Return `region_similarity`."""
        return region_similarity(truth, prediction, void)

    def curve(
        self,
        truth: NDArray[np.bool_],
        soft: NDArray[np.uint8],
        void: NDArray[np.bool_] | None = None,
    ) -> NDArray[np.float64]:
        """Return `j_curve`."""
        return j_curve(truth, soft, void)


class RegionSimilarity(Overlap):
    """Region similarity J: intersection over union of the masks (DAVIS)."""

    name = "J"
    protocol = (
        f"intersection over union of the foreground (1 where both masks are empty), {OVER_CLIPS}"
    )
    statistics = STATISTICS
    lower_is_better = ("decay",)

    def summarise(self, values: NDArray[np.float64]) -> dict[str, float]:
        """Return mean, recall and decay of the values (n,) of one clip."""
        return summarise(values)


def valid_rows(
    truth: BitMask, prediction: BitMask, void: BitMask | None
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the packed rows (H, ceil(W / 8)) of both masks with void pixels set to zero.

    Raises:
        ValueError: if the shapes differ; widths 850 and 854 pack to the same number of bytes.
    """
    check_shapes(truth.shape, prediction.shape, None if void is None else void.shape)
    if void is None:
        return truth.rows, prediction.rows
    valid = ~void.rows
    return truth.rows & valid, prediction.rows & valid


def count_bits(rows: NDArray[np.uint8]) -> int:
    """Return the number of ones in packed rows."""
    flat = rows.reshape(-1)
    # Eight bytes at a time: summing one count per byte would take three times as long.
    stop = flat.size - flat.size % 8
    words, rest = flat[:stop].view(np.uint64), flat[stop:]
    return int(np.bitwise_count(words).sum()) + int(np.bitwise_count(rest).sum())


def _above_cuts(values: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return how many of the values are greater than each of `CUTS` (19,)."""
    at_least = histogram(values)[::-1].cumsum()[::-1]  # (256,), number of values >= v
    above: NDArray[np.int64] = at_least[CUTS + 1]
    return above


def histogram(values: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return how often each of 0 ... 255 occurs (256,)."""
    import cv2

    flat = values.reshape(1, -1)  # (1, n)
    counts = np.zeros(256, np.int64)
    # OpenCV is three times as fast as bincount, but its bins are float32: exact up to 2**24.
    # Given a single row it starts no threads, which workers that share the cores must not do.
    for start in range(0, flat.shape[1], 1 << 24):
        block = flat[:, start : start + (1 << 24)]
        counts += cv2.calcHist([block], [0], None, [256], [0, 256]).reshape(-1).astype(np.int64)
    return counts


def check_shapes(truth: tuple[int, ...], *others: tuple[int, ...] | None) -> None:
    """Refuse masks of different shapes with a ValueError; None stands for no mask."""
    for shape in others:
        if shape is not None and shape != truth:
            raise ValueError(f"masks of different shapes: the truth is {truth}, got {shape}")
