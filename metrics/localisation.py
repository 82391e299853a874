"""Does one box per frame find the object? CorLoc, and mAP0.5 of Katircioglu et al. 2022.

Both judge the box with the highest score alone (the first of them, if several share it), and
differ in the inequality at an overlap of exactly one half. Neither is an average precision.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import Boxes, BoxMetric
from selfbench.metrics.boxes import box_iou, check_scores

_RULES = (
    "share of annotated frames whose best-scored box has IoU {} 0.5 with a true one (width is "
    "x1 - x0)"
)


class CorLoc(BoxMetric):
    """CorLoc: share of frames whose best box has IoU >= 0.5 with a true box.

    Deselaers et al. 2010.
    """

    name = "CorLoc"
    average = "frames"
    protocol = _RULES.format("≥")

    def frame(self, truth: Boxes, boxes: Boxes, scores: NDArray[np.float64]) -> float | None:
        """Return 1.0 for a hit, 0.0 for a miss, None without a true box."""
        overlap = best_box_overlap(truth, boxes, scores)
        return None if overlap is None else float(overlap >= 0.5)


class MAP50(BoxMetric):
    """mAP0.5 of Katircioglu et al. 2022: share of frames whose best box has IoU > 0.5.

    "The mean probability of having an intersection-over-union of more than 50 %" (Katircioglu et
    al. 2019, 2020): a hit rate, not COCO's average precision, which is `AP50`.
    """

    name = "mAP0.5"
    average = "frames"
    protocol = f"hit rate of Katircioglu et al. 2022, not COCO's: {_RULES.format('>')}"

    def frame(self, truth: Boxes, boxes: Boxes, scores: NDArray[np.float64]) -> float | None:
        """Return 1.0 for a hit, 0.0 for a miss, None without a true box."""
        overlap = best_box_overlap(truth, boxes, scores)
        return None if overlap is None else float(overlap > 0.5)


def best_box_overlap(truth: Boxes, boxes: Boxes, scores: NDArray[np.float64]) -> float | None:
    """Return the largest IoU, in [0, 1], of the best-scored box with any true box.

    0 without a predicted box, None without a true one.
    """
    check_scores(boxes, scores)
    if not len(truth):
        return None
    if not len(boxes):
        return 0.0
    best = int(np.argmax(scores))
    return float(box_iou(truth, boxes[best : best + 1]).max())
