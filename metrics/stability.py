"""Temporal stability T: how much the contour of a mask changes from one frame to the next.

Perazzi et al. 2016, section 4.3. The contours of both masks become shape contexts (Belongie et al.
2002), which dynamic time warping matches; T is the mean cost of the matched pairs, times 5 as in
the published tables. It needs no truth, and is low too for a mask that never moves.

Written after the MATLAB code of davis-matlab, which simplifies contours with another library:
figures agree to about two digits, not bit for bit (docs/metrics.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import ClipFrame, ClipMetric

# All of davis-matlab.
SPACING = 3.0  # pixels: tolerance of the simplified contour, then longest gap between its points
THETA_BINS, RADIUS_EDGES = 12, np.logspace(np.log10(1 / 8), np.log10(2), 5)
SCALE = 5.0  # of the published tables

Points = NDArray[np.float64]  # (N, 2), x y
Matrix = NDArray[np.float64]


class TemporalStability(ClipMetric):
    """Temporal stability T: cost of matching a mask's contour with the one before (DAVIS 2016)."""

    name = "T"
    range = (0.0, 5.0)
    lower_is_better = ("mean",)
    protocol = (
        "5 times the mean shape-context cost of matching the longest contour with that of the "
        "frame before (annotated neighbours; none where one is empty), mean over the frames of a "
        "clip, then over clips; published on ten stable sequences of DAVIS 2016 only"
    )

    def clip(self, frames: Sequence[ClipFrame]) -> Mapping[str, NDArray[np.float64]]:
        """Return T of each frame and the one before; NaN where that is missing or one is empty."""
        values = np.full(len(frames), np.nan)
        before: tuple[int, Matrix] = -2, np.zeros((0, 0))
        for t, frame in enumerate(frames):
            contexts = shape_contexts(longest_contour(frame.objects > 0))
            if frame.place == before[0] + 1 and len(contexts) and len(before[1]):
                values[t] = SCALE * contour_distance(contexts, before[1])
            before = frame.place, contexts
        return {"": values}


def longest_contour(mask: NDArray[np.bool_]) -> Points:
    """Return the simplified contour with most corners, filled up to one point per `SPACING`."""
    import cv2

    # Pixels that touch at a corner only are two components, as for the published figures.
    count, parts = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)
    simple = []
    for part in range(1, count):
        one = (parts == part).astype(np.uint8)
        contours, _ = cv2.findContours(one, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        simple += [cv2.approxPolyDP(contour, SPACING, True) for contour in contours]
    if not simple:
        return np.zeros((0, 2))
    corners = max(simple, key=len).reshape(-1, 2).astype(np.float64)
    sides = np.roll(corners, -1, axis=0) - corners
    pieces = np.maximum(np.ceil(np.linalg.norm(sides, axis=1) / SPACING), 1).astype(int)
    return np.concatenate(
        [
            corner + side * np.arange(count)[:, None] / count
            for corner, side, count in zip(corners, sides, pieces, strict=True)
        ]
    )


def contour_distance(first: Matrix, second: Matrix) -> float:
    """Return the mean cost, in [0, 1], of the one-to-one pairs of two closed contours.

    They are given as their `shape_contexts` (N, 60) and (M, 60).
    """
    cost = chi2(first, second)
    path = warp(cost)
    # Contours have no first point: the best pair of a first path is where the second one ends.
    inner = path[: max(len(path) - 1, 1)]  # the first pair of all is no choice of the path
    best = inner[np.argmin(cost[inner[:, 0], inner[:, 1]])] + 1
    path = (warp(np.roll(cost, tuple(-best), axis=(0, 1))) + best) % cost.shape
    for side in (0, 1):  # of several partners the nearest stays
        order = np.lexsort((cost[path[:, 0], path[:, 1]], path[:, side]))
        path = path[order]
        path = path[np.unique(path[:, side], return_index=True)[1]]
    return float(cost[path[:, 0], path[:, 1]].mean())


def shape_contexts(points: Points) -> Matrix:
    """Return for each point the share of all points per direction and distance (N, 60).

    Distances are relative to their mean; from twice that on, points do not count.
    """
    if not len(points):
        return np.zeros((0, 60))
    offsets = points[None] - points[:, None]  # (N, N, 2)
    radius = np.linalg.norm(offsets, axis=2)
    edges = RADIUS_EDGES * (radius.mean() or 1.0)
    angle = np.arctan2(offsets[..., 1], offsets[..., 0]) % (2 * np.pi)
    theta = (angle / (2 * np.pi) * THETA_BINS).astype(int) % THETA_BINS
    ring = np.searchsorted(edges, radius, side="right")  # the last one lies beyond
    bins = (np.arange(len(points))[:, None] * (len(edges) + 1) + ring) * THETA_BINS + theta
    size = len(points) * (len(edges) + 1) * THETA_BINS
    counts = np.bincount(bins.reshape(-1), minlength=size).reshape(len(points), -1)
    inner = counts[:, : len(edges) * THETA_BINS]
    shares: Matrix = inner / inner.sum(axis=1, keepdims=True)  # a point counts itself
    return shares


def chi2(first: Matrix, second: Matrix) -> Matrix:
    """Return the chi-square distances (N, M), in [0, 1], of histograms (N, K) and (M, K).

    Half the sum of (a - b)^2 / (a + b) is 1 less twice that of a b / (a + b), as each sums to 1.
    """
    # Row by row, because all at once would take N M K numbers.
    alike = [(one * second / (one + second + 1e-300)).sum(axis=1) for one in first]
    distances: Matrix = np.maximum(1 - 2 * np.array(alike), 0)
    return distances


def warp(cost: Matrix) -> NDArray[np.int64]:
    """Return the cheapest path (L, 2) through `cost`, from its last entry back to its first.

    A step goes one back in the rows, the columns or both.
    """
    total = np.empty_like(cost)
    total[0] = cost[0].cumsum()
    for i in range(1, len(cost)):
        above = total[i - 1].copy()
        above[1:] = np.minimum(above[1:], total[i - 1, :-1])
        # Entering from above at k and going right to j costs above[k] + cost[k] + ... + cost[j].
        right = cost[i].cumsum()
        total[i] = right + np.minimum.accumulate(above - right + cost[i])
    i, j = cost.shape[0] - 1, cost.shape[1] - 1
    path = [(i, j)]
    while i or j:
        steps = [(a, b) for a, b in ((i - 1, j - 1), (i - 1, j), (i, j - 1)) if a >= 0 and b >= 0]
        i, j = min(steps, key=lambda step: total[step])
        path.append((i, j))
    return np.array(path)
