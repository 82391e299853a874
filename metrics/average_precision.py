"""COCO average precision at an overlap of one half, for one class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import Boxes, DetectionMetric
from selfbench.metrics.boxes import box_area, check_scores

MAX_DETECTIONS = 100  # per frame, the best-scored ones, as COCO has it


class AP50(DetectionMetric):
    """COCO average precision at IoU 0.5 over all boxes of a dataset, one class.

    Lin et al. 2014; computed by faster-coco-eval, whose figures are those of pycocotools.
    """

    name = "AP50"
    average = "frames"
    protocol = (
        "COCO average precision at IoU >= 0.5 over all boxes of the dataset ranked by score "
        "(ties: by frame order)"
    )

    def dataset(self, frames: Sequence[tuple[Boxes, Boxes, NDArray[np.float64]]]) -> float:
        """Return AP, in [0, 1], over (true boxes, boxes, scores) of every annotated frame.

        Boxes are (N, 4), x0 y0 x1 y1 in pixels, scores (N,). Frames without a true box count:
        their boxes are false alarms. 0 without any predicted box, NaN without any true box.

        Raises:
            DataError: if there is not one score per box, or a score is NaN.
        """
        for _, boxes, scores in frames:
            check_scores(boxes, scores)
        if not any(len(truth) for truth, _, _ in frames):
            return float("nan")
        if not any(len(boxes) for _, boxes, _ in frames):
            return 0.0
        return _coco_ap50(
            _coco([truth for truth, _, _ in frames], None),
            _coco([boxes for _, boxes, _ in frames], [scores for _, _, scores in frames]),
        )


def _coco_ap50(truth: dict[str, Any], detections: dict[str, Any]) -> float:
    """Return the AP of detections, both in COCO's format."""
    from faster_coco_eval import COCO, COCOeval_faster

    evaluation = COCOeval_faster(COCO(truth), COCO(detections), iouType="bbox")
    evaluation.params.iouThrs = np.array([0.5])
    evaluation.params.areaRng, evaluation.params.areaRngLbl = [[0, 1e10]], ["all"]
    evaluation.params.maxDets = [MAX_DETECTIONS]
    evaluation.evaluate()
    evaluation.accumulate()
    # (thresholds, recall points, classes, areas, numbers of detections) = (1, 101, 1, 1, 1)
    return float(np.mean(evaluation.eval["precision"]))


def _coco(boxes: Sequence[Boxes], scores: Sequence[NDArray[np.float64]] | None) -> dict[str, Any]:
    """Return the boxes of each frame as a dataset in COCO's format, with scores if given."""
    annotations: list[dict[str, Any]] = []
    for image, xyxy in enumerate(boxes, start=1):
        sizes = (xyxy[:, 2:] - xyxy[:, :2]).clip(min=0)
        xywh = np.hstack([xyxy[:, :2], sizes]).tolist()
        for index, (box, area) in enumerate(zip(xywh, box_area(xyxy).tolist(), strict=True)):
            annotation = {
                "id": len(annotations) + 1,  # from 1: COCO's matching takes id 0 for "no match"
                "image_id": image,
                "category_id": 1,
                "bbox": box,
                "area": area,
                "iscrowd": 0,
            }
            if scores is not None:
                annotation["score"] = float(scores[image - 1][index])
            annotations.append(annotation)
    return {
        "images": [{"id": image} for image in range(1, len(boxes) + 1)],
        "categories": [{"id": 1, "name": "object"}],
        "annotations": annotations,
    }
