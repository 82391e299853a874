"""Boxes of masks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import Boxes, ScoredBoxes, no_boxes, no_scored_boxes


def tight_box(mask: NDArray[np.bool_]) -> Boxes:
    """Return the box (1, 4) around the foreground of `mask`, or (0, 4) if there is none."""
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    if not len(columns):
        return no_boxes()
    return np.array([[columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]], dtype=np.float64)


def largest_component(mask: NDArray[np.bool_], soft: NDArray[np.uint8]) -> ScoredBoxes:
    """Return the tight box of the largest 8-connected component, scored by its mean soft value."""
    import cv2

    cv2.setNumThreads(1)  # the workers share the cores
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    if count < 2:
        return no_scored_boxes()
    best = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    x, y, w, h = (int(v) for v in stats[best, :4])
    inside = soft[y : y + h, x : x + w][labels[y : y + h, x : x + w] == best]
    return np.array([[x, y, x + w, y + h]], dtype=np.float64), np.array([inside.mean() / 255])
