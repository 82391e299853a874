"""Where the shots of a clip begin: hard cuts, found by colour."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import Image

COLOURS = 8  # bins per channel of the histograms; ours


class CutFinder:
    """Finds hard cuts by colour histograms of each frame and of the two before it.

    The distance of two histograms is the share of pixels that would have to change their bin.
    """

    def __init__(self) -> None:
        self._last: list[NDArray[np.float32]] = []  # of the last two frames
        self.to_previous: list[float] = []  # [t]: distance of frame t to frame t - 1
        self.to_second: list[float] = []  # [t]: distance of frame t to frame t - 2

    def add(self, frame: Image) -> None:
        """Take the next frame (H, W, 3)."""
        import cv2

        bins = [COLOURS] * 3
        counts = cv2.calcHist([frame], [0, 1, 2], None, bins, [0, 256] * 3)  # (8, 8, 8)
        share = (counts / (frame.shape[0] * frame.shape[1])).astype(np.float32)
        distances = [float(np.abs(share - last).sum()) / 2 for last in reversed(self._last)]
        # With no frame that far back, the distance that exists (or none at all) must do.
        self.to_previous.append(distances[0] if distances else 0.0)
        self.to_second.append(distances[-1] if distances else 0.0)
        self._last = [*self._last[-1:], share]

    def shots(self, distance: float, ratio: float, shortest: int) -> list[tuple[int, int]]:
        """Return (start, stop) of each shot.

        Frame t starts one if it differs by more than `distance` from both frames before it, the
        next frame does so too (a flash does not), and if this is `ratio` times the usual change of
        the five frames on either side (fast motion is not). None is under `shortest` frames.
        """
        one, two, n = np.array(self.to_previous), np.array(self.to_second), len(self.to_previous)
        starts = [0]
        for t in range(1, n):
            change = min(one[t], two[t], two[t + 1] if t + 1 < n else 1.0)
            near = np.concatenate([one[max(1, t - 5) : t], one[t + 1 : t + 6]])
            usual = float(np.median(near)) if len(near) else 0.0
            long_enough = t - starts[-1] >= shortest and n - t >= shortest
            if long_enough and change > max(distance, ratio * usual):
                starts.append(t)
        return list(pairwise([*starts, n]))


def every_shot(frames: Iterable[Image]) -> list[tuple[int, int]]:
    """Return (start, stop) of each shot, for those to whom a missed cut is worse than a false one.

    A shot may be a single frame.
    """
    finder = CutFinder()
    for frame in frames:
        finder.add(frame)
    # Ours: a false cut costs a few pairs of frames, a missed one mixes two scenes.
    return finder.shots(distance=0.3, ratio=4.0, shortest=1) if finder.to_previous else []
