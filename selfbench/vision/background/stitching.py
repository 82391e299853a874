"""What stands behind a moving object: the same place in other frames of its shot.

Other frames are aligned by homographies, and each point gets the median of how they show it. That
is exact where the camera only turns and zooms, or the scene is far away or flat.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import Frames, Image
from selfbench.vision.flow.estimators import shrunk
from selfbench.vision.homographies import Described, describe, homography

# All ours. What they give on validation clips of the procedural twins stands in
# docs/research/proposal-is.md; `python docs/research/stitching.py` measures it.
STEP = 2  # frames from one key frame to the next; a point is looked for in key frames
REACH = 120  # the furthest frames that are looked at
GROWTH = 1.4  # distances to the key frames that are looked at grow by this factor
VIEWS = 9  # a point's median is of so many views, the furthest in time: the object has left
FEWEST = 3  # with fewer views a point is not known
SHARED = 0.1  # a frame counts if it shows at least this share of the other
SETTINGS = f"{STEP}-{REACH}-{GROWTH}-{VIEWS}"  # part of the name of what is kept
PART = 240  # frames of a shot in memory at once, besides those within reach

Matrix = NDArray[np.floating[Any]]  # (3, 3)
Stitched = NDArray[np.uint8]  # (H, W, 4): RGB, then 255 where it is known and 0 elsewhere


def stitched(
    frames: Frames, shot: tuple[int, int], width: int, height: int, pool: Executor
) -> Iterator[Stitched]:
    """Yield what stands behind each frame of a shot (start, stop), (height, width, 4).

    Where it is not known the frame itself stands in its place. Fewer than `FEWEST` frames that
    match leave all of a frame unknown.
    """
    start, stop = shot
    for low in range(start, stop, PART):
        high = min(low + PART, stop)
        first, last = max(start, low - REACH), min(stop, high + REACH)
        near = [shrunk(frames[t]) for t in range(first, last)]
        keys = list(pool.map(describe, near[::STEP]))
        links = _links(keys, (low - first) // STEP, (high - 1 - first) // STEP, pool)
        yield from pool.map(
            lambda t, near=near, keys=keys, links=links: _background(
                None if t % STEP == 0 else near[t], t // STEP, keys, links, (width, height)
            ),
            range(low - first, high - first),
        )


def distances() -> list[int]:
    """Return how many key frames away views are looked for, the furthest first."""
    steps = [1]
    while (further := max(steps[-1] + 1, round(steps[-1] * GROWTH))) * STEP <= REACH:
        steps.append(further)
    return steps[::-1]


def _links(
    keys: Sequence[Described], low: int, high: int, pool: Executor
) -> Mapping[tuple[int, int], Matrix]:
    """Return what maps key b to key a, for the pairs (a, b) that frames of keys low..high need."""
    pairs = [
        (a, a + distance)
        for distance in distances()
        for a in range(max(0, low - distance), min(high + 1, len(keys) - distance))
    ]
    matrices = pool.map(lambda pair: homography(keys[pair[0]], keys[pair[1]]), pairs)
    links: dict[tuple[int, int], Matrix] = {}
    for (a, b), matrix in zip(pairs, matrices, strict=True):
        if matrix is not None and abs(np.linalg.det(matrix)) > 1e-9:
            links[a, b], links[b, a] = matrix, np.linalg.inv(matrix)
    return links


def _background(
    frame: Image | None,
    key: int,
    keys: Sequence[Described],
    links: Mapping[tuple[int, int], Matrix],
    size: tuple[int, int],
) -> Stitched:
    """Return what stands behind `frame`, or behind the key frame itself where that is None."""
    described = keys[key] if frame is None else describe(frame)
    to_key = np.eye(3) if frame is None else homography(described, keys[key])
    own = _fitted(described.image, size)
    views, shown = [], []
    for distance in distances():
        for other in (key - distance, key + distance):
            if to_key is None or (key, other) not in links:
                continue
            matrix, full = to_key @ links[key, other], described.image.shape[1::-1]
            white = np.ones(keys[other].image.shape[:2], np.float32)
            inside = _fitted(cv2.warpPerspective(white, matrix, full), size) > 0.99
            if inside.mean() >= SHARED:
                shown.append(inside)
                warped = cv2.warpPerspective(keys[other].image, matrix, full)
                views.append(_fitted(warped, size))
    if len(views) < FEWEST:
        return np.dstack([own, np.zeros(own.shape[:2], np.uint8)])
    middle, count = _median(np.stack(views), np.stack(shown))
    known = count >= FEWEST
    middle[~known] = own[~known]
    return np.dstack([middle, known.astype(np.uint8) * 255])


def _fitted(image: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA))


def _median(
    views: NDArray[np.uint8], shown: NDArray[np.bool_]
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the median (H, W, 3) of the first `VIEWS` that show a point, and how many do (H, W).

    Args:
        views: (N, H, W, 3)
        shown: (N, H, W)
    """
    used = shown & (np.cumsum(shown, axis=0) <= VIEWS)
    count = used.sum(axis=0)
    ordered = np.sort(np.where(used[..., None], views, np.uint8(255)), axis=0)
    middle = [np.maximum(count - 1, 0) // 2, np.minimum(count // 2, len(views) - 1)]
    pair = [np.take_along_axis(ordered, m[None, ..., None], axis=0)[0] for m in middle]
    return ((pair[0].astype(np.uint16) + pair[1]) // 2).astype(np.uint8), count
