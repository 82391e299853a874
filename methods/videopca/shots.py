"""The clip at working size, kept in a file instead of memory."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from selfbench.errors import StoreError


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
        """Append one frame (size, size, 3).

        Raises:
            StoreError: if it cannot be written.
        """
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


def parts(start: int, stop: int, longest: int) -> Sequence[tuple[int, int]]:
    """Split start..stop into the fewest even parts of at most `longest` frames."""
    count = -(-(stop - start) // longest)
    return list(pairwise([start + (stop - start) * k // count for k in range(count + 1)]))
