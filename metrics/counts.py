"""Numbers of pixels, compared plainly: accuracy, precision, recall, IoU over images.

Precision is 1 where nothing was predicted (there is no false alarm), recall is 1 where there is
nothing to find: the rule of the DAVIS code for boundaries, and of scikit-learn with
`zero_division=1`. Void pixels count neither way.
"""

from __future__ import annotations

from selfbench.contracts import MaskMetric
from selfbench.contracts.bitmask import BitMask
from selfbench.metrics.boundary import BOUND_TH, boundary_counts
from selfbench.metrics.region import OVER_CLIPS, Overlap, count_bits, valid_rows

_BOUNDARY = (
    f"share of the {{}} boundary pixels within {BOUND_TH} of the image diagonal of a {{}} one "
    f"(1 where there are none), {OVER_CLIPS}"
)


class MeanIoU(Overlap):
    """Mean IoU: J averaged over frames instead of clips, as saliency papers average images.

    Croitoru et al. 2019, section 5, "mean IoU"; also J of "P-J" on Object Discovery (Rubinstein et
    al. 2013), whose own code was not at hand: an image without object counts, with 1 if nothing is
    predicted in it, else 0.
    """

    name = "mIoU"
    average = "frames"
    protocol = (
        "intersection over union of the foreground (1 where both masks are empty), mean over all "
        "frames"
    )


class PixelAccuracy(MaskMetric):
    """P of Object Discovery: share of pixels labelled correctly, foreground and background alike.

    Rubinstein et al. 2013, section 5. It is not the precision of detection.
    """

    name = "P"
    average = "frames"
    protocol = "share of all pixels, background included, labelled correctly, mean over all frames"

    def frame(self, truth: BitMask, prediction: BitMask, void: BitMask | None = None) -> float:
        """Return the accuracy, in [0, 1]; 1 where every pixel is void."""
        true, predicted = valid_rows(truth, prediction, void)
        pixels = truth.shape[0] * truth.shape[1] - (0 if void is None else void.area)
        return 1 - count_bits(true ^ predicted) / pixels if pixels else 1.0


class PixelPrecision(MaskMetric):
    """Precision: share of the predicted pixels that are true; 1 where none is predicted."""

    name = "precision"
    protocol = f"true share of the predicted pixels (1 where there are none), {OVER_CLIPS}"

    def frame(self, truth: BitMask, prediction: BitMask, void: BitMask | None = None) -> float:
        """Return the precision, in [0, 1]."""
        true, predicted = valid_rows(truth, prediction, void)
        return _share(count_bits(true & predicted), count_bits(predicted))


class PixelRecall(MaskMetric):
    """Recall: share of the true pixels that are predicted; 1 where there is none."""

    name = "recall"
    protocol = f"predicted share of the true pixels (1 where there are none), {OVER_CLIPS}"

    def frame(self, truth: BitMask, prediction: BitMask, void: BitMask | None = None) -> float:
        """Return the recall, in [0, 1]."""
        true, predicted = valid_rows(truth, prediction, void)
        return _share(count_bits(true & predicted), count_bits(true))


class BoundaryPrecision(MaskMetric):
    """Boundary precision: share of the predicted contour near the true one; P inside of F."""

    name = "F-precision"
    protocol = _BOUNDARY.format("predicted", "true")

    def frame(self, truth: BitMask, prediction: BitMask, void: BitMask | None = None) -> float:
        """Return the precision, in [0, 1]; 1 without a predicted boundary."""
        _, n_predicted, _, matched = boundary_counts(truth, prediction, void)
        return _share(matched, n_predicted)


class BoundaryRecall(MaskMetric):
    """Boundary recall: share of the true contour near the predicted one; R inside of F."""

    name = "F-recall"
    protocol = _BOUNDARY.format("true", "predicted")

    def frame(self, truth: BitMask, prediction: BitMask, void: BitMask | None = None) -> float:
        """Return the recall, in [0, 1]; 1 without a true boundary."""
        n_true, _, matched, _ = boundary_counts(truth, prediction, void)
        return _share(matched, n_true)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
