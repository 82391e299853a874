"""What salient object detection measures of soft masks: F-beta and MAE.

F-beta: Achanta et al. 2009, with beta^2 = 0.3: (1 + beta^2) P R / (beta^2 P + R); the 1 - beta^2 in
Croitoru et al. 2019 is a misprint. All of it as in PySODMetrics, which most papers use: each soft
mask is first stretched to [0, 1] by its own lowest and highest value, for MAE too; a pixel is
foreground at a threshold where it is not below it; where no pixel of the object is predicted, or
there is none, F-beta is 0.

A mask has 256 values at most, so everything follows from two histograms of it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import CurveMetric, SoftMetric
from selfbench.metrics.region import check_shapes, histogram

BETA2 = 0.3  # Achanta et al. 2009
_PROTOCOL = "F-beta (beta^2 = 0.3) of the soft mask, stretched to [0, 1] per frame, "

Mask = NDArray[np.bool_]
Soft = NDArray[np.uint8]
Series = NDArray[np.float64]


class Levels(NamedTuple):
    """How the pixels of one soft mask spread over its 256 possible values."""

    value: Series  # (256,), in [0, 1], stretched
    inside: NDArray[np.int64]  # (256,), pixels of the object
    all: NDArray[np.int64]  # (256,)


def levels(truth: Mask, soft: Soft, void: Mask | None) -> Levels:
    """Return the histograms of the pixels that are not void.

    Raises:
        ValueError: if the shapes differ.
    """
    check_shapes(truth.shape, soft.shape, None if void is None else void.shape)
    if void is not None:
        truth, soft = truth[~void], soft[~void]
    inside, everywhere = histogram(soft[truth]), histogram(soft)
    value = np.arange(256) / 255
    used = np.flatnonzero(everywhere)
    if len(used) > 1:
        low, high = value[used[0]], value[used[-1]]
        value = ((value - low) / (high - low)).clip(0, 1)
    return Levels(value, inside, everywhere)


def f_beta_curve(truth: Mask, soft: Soft, void: Mask | None = None) -> Series:
    """Return F-beta (256,) at the thresholds 0/255 ... 255/255 of the stretched soft mask."""
    spread = levels(truth, soft, void)
    step = (spread.value * 255).astype(np.uint8)  # rounded down, as in PySODMetrics
    hits, predicted = (
        np.bincount(step, counts, 256)[::-1].cumsum()[::-1]
        for counts in (spread.inside, spread.all)
    )
    return f_beta(hits, predicted, int(spread.inside.sum()))


def f_beta(hits: Series, predicted: Series, true: int) -> Series:
    """Return F-beta of numbers of pixels: rightly predicted, predicted, and of the object."""
    precision, recall = hits / np.maximum(predicted, 1), hits / max(true, 1)
    below = BETA2 * precision + recall
    return (1 + BETA2) * precision * recall / np.where(below, below, 1)


class MaxFBeta(CurveMetric):
    """F-beta max: the best threshold for the whole dataset, on the mean of the frames' curves."""

    name = "F-beta-max"
    average = "frames"
    protocol = (
        _PROTOCOL + "at the one of 256 thresholds that is best for the whole dataset by its truth, "
        "mean over all frames"
    )

    def curve(self, truth: Mask, soft: Soft, void: Mask | None = None) -> Series:
        """Return `f_beta_curve`."""
        return f_beta_curve(truth, soft, void)

    def value(self, mean: Series) -> float:
        """Return the maximum."""
        return float(mean.max())


class MeanFBeta(SoftMetric):
    """F-beta mean: F-beta averaged over all 256 thresholds, then over frames."""

    name = "F-beta-mean"
    average = "frames"
    protocol = _PROTOCOL + "mean over 256 thresholds, then over all frames"

    def frame(self, truth: Mask, soft: Soft, void: Mask | None = None) -> float:
        """Return the mean over thresholds, in [0, 1]."""
        return float(f_beta_curve(truth, soft, void).mean())


class AdaptiveFBeta(SoftMetric):
    """F-beta adaptive: each frame at twice the mean of its own soft mask; sees no truth.

    A mask of zeros has the threshold 0, so all of it is foreground: the toolkit's rule.
    """

    name = "F-beta-adaptive"
    average = "frames"
    protocol = _PROTOCOL + "at twice the mean of the mask (at most 1), mean over all frames"

    def frame(self, truth: Mask, soft: Soft, void: Mask | None = None) -> float:
        """Return F-beta at the frame's own threshold, in [0, 1]."""
        spread = levels(truth, soft, void)
        mean = (spread.value * spread.all).sum() / max(int(spread.all.sum()), 1)
        chosen = spread.value >= min(2 * mean, 1.0)
        hits, predicted = spread.inside[chosen].sum(), spread.all[chosen].sum()
        return float(f_beta(hits, predicted, int(spread.inside.sum())))


class MAE(SoftMetric):
    """MAE: mean absolute difference of the soft mask, stretched to [0, 1], from the truth."""

    name = "MAE"
    average = "frames"
    protocol = (
        "mean absolute difference of the soft mask, stretched to [0, 1] per frame, from the truth, "
        "mean over all frames"
    )
    lower_is_better = ("mean",)

    def frame(self, truth: Mask, soft: Soft, void: Mask | None = None) -> float:
        """Return the mean difference, in [0, 1]; 0 where every pixel is void."""
        spread = levels(truth, soft, void)
        outside = spread.all - spread.inside
        wrong = (spread.inside * (1 - spread.value) + outside * spread.value).sum()
        return float(wrong / max(int(spread.all.sum()), 1))
