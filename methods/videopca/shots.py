"""The clip at working size, kept in a file instead of memory, and where its shots begin."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from types import TracebackType

import cv2
import numpy as np
from numpy.typing import NDArray

from selfbench.errors import StoreError

COLOURS = 8  # bins per channel of the histograms that find cuts


class Spool:
    """Frames (size, size, 3) in a nameless file of `folder`: it vanishes with the process.

    Plain reads and writes, not a memory map, whose pages would count as used memory.
    """

    def __init__(self, folder: Path, size: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._shape, self._bytes = folder, (size, size, 3), size * size * 3
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by __exit__
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def append(self, frame: NDArray[np.uint8]) -> None:
        """Write one frame behind the others."""
        try:
            self._file.seek(self._count * self._bytes)
            self._file.write(np.ascontiguousarray(frame).data)
        except OSError as error:
            raise StoreError(
                f"could not write frame {self._count} to {self._folder} ({error.strerror}): "
                f"videopca needs {self._bytes} bytes per frame there while it is worked on."
            ) from error
        self._count += 1

    def read(self, start: int, stop: int) -> NDArray[np.uint8]:
        """Return the frames start..stop-1 (n, size, size, 3)."""
        frames = np.empty((stop - start, *self._shape), np.uint8)
        self._file.seek(start * self._bytes)
        self._file.readinto(frames.data)
        return frames

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()


class CutFinder:
    """Finds hard cuts by colour histograms of each frame and of the two before it.

    The distance of two histograms is the share of pixels that would have to change their bin.
    """

    def __init__(self) -> None:
        self._last: list[NDArray[np.float32]] = []  # of the last two frames
        self.one: list[float] = []  # [t]: distance of frame t to frame t - 1
        self.two: list[float] = []  # [t]: distance of frame t to frame t - 2

    def add(self, frame: NDArray[np.uint8]) -> None:
        """Take the next frame (H, W, 3)."""
        bins = [COLOURS] * 3
        counts = cv2.calcHist([frame], [0, 1, 2], None, bins, [0, 256] * 3)  # (8, 8, 8)
        share = (counts / (frame.shape[0] * frame.shape[1])).astype(np.float32)
        distances = [float(np.abs(share - last).sum()) / 2 for last in reversed(self._last)]
        # With no frame that far back, the distance that exists (or none at all) must do.
        self.one.append(distances[0] if distances else 0.0)
        self.two.append(distances[-1] if distances else 0.0)
        self._last = [*self._last[-1:], share]

    def shots(self, distance: float, ratio: float, shortest: int) -> list[tuple[int, int]]:
        """Return (start, stop) of each shot.

        Frame t starts one if it differs by more than `distance` from both frames before it, the
        next frame does so too (a flash does not), and if this is `ratio` times the usual change of
        the five frames on either side (fast motion is not). None is under `shortest` frames.
        """
        one, two, n = np.array(self.one), np.array(self.two), len(self.one)
        starts = [0]
        for t in range(1, n):
            stays = min(one[t], two[t], two[t + 1] if t + 1 < n else 1.0)
            near = np.concatenate([one[max(1, t - 5) : t], one[t + 1 : t + 6]])
            usual = float(np.median(near)) if len(near) else 0.0
            fits = t - starts[-1] >= shortest and n - t >= shortest
            if fits and stays > max(distance, ratio * usual):
                starts.append(t)
        return list(pairwise([*starts, n]))


def parts(start: int, stop: int, longest: int) -> Sequence[tuple[int, int]]:
    """Split start..stop into the fewest even parts of at most `longest` frames."""
    count = -(-(stop - start) // longest)
    return list(pairwise([start + (stop - start) * k // count for k in range(count + 1)]))
