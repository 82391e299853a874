"""Overlap of boxes, shared by the metrics that compare them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import Boxes
from selfbench.errors import DataError


def box_iou(first: Boxes, second: Boxes) -> NDArray[np.float64]:
    """Return the intersection over union (N, M), in [0, 1], of boxes (N, 4) and (M, 4).

    Boxes are x0 y0 x1 y1 in pixels with continuous corners: the width is x1 - x0, without the
    extra pixel of the VOC devkit. A box without area overlaps nothing, not even itself.
    """
    low = np.maximum(first[:, None, :2], second[None, :, :2])  # (N, M, 2)
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])  # (N, M, 2)
    intersection = (high - low).clip(min=0).prod(axis=2)  # (N, M)
    union = box_area(first)[:, None] + box_area(second)[None, :] - intersection
    overlap = np.zeros((len(first), len(second)))
    np.divide(intersection, union, out=overlap, where=union > 0)
    return overlap


def box_area(boxes: Boxes) -> NDArray[np.float64]:
    """Return the areas (N,) in square pixels; 0 where a box is turned inside out."""
    areas: NDArray[np.float64] = (boxes[:, 2:] - boxes[:, :2]).clip(min=0).prod(axis=1)
    return areas


def check_scores(boxes: Boxes, scores: NDArray[np.float64]) -> None:
    """Refuse scores that cannot rank the boxes.

    Raises:
        DataError: if there is not one score per box, or a score is NaN.
    """
    if len(boxes) != len(scores):
        raise DataError(f"got {len(boxes)} boxes with {len(scores)} scores, expected one per box")
    if np.isnan(scores).any():
        raise DataError("got a box with the score NaN, expected a number: it cannot be ranked")
