"""The frames of many clips at one size, in one array."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import Clip
from selfbench.store.digest import digest_array


@dataclass(frozen=True)
class ResizedFrames:
    """All frames of `clips`, clip after clip."""

    clips: Sequence[Clip]
    frames: NDArray[np.uint8]  # (N, H, W, 3)
    owner: NDArray[np.int64]  # (N,), which clip each frame is of

    @property
    def width(self) -> int:
        """Of the resized frames, in pixels."""
        return int(self.frames.shape[2])

    @property
    def height(self) -> int:
        """Likewise."""
        return int(self.frames.shape[1])

    def by_clip(self) -> Iterator[tuple[Clip, NDArray[np.uint8]]]:
        """Yield each clip with its frames (n, H, W, 3)."""
        starts = np.searchsorted(self.owner, np.arange(len(self.clips) + 1))
        for clip, (start, stop) in zip(self.clips, pairwise(starts), strict=True):
            yield clip, self.frames[start:stop]


def clip_digest(clip: Clip, small: NDArray[np.uint8]) -> str:
    """Return the key of what is computed of a clip whose frames, resized, are `small`."""
    frame = clip.frames[0].shape[:2] if len(small) else (0, 0)
    return digest_array(small, str(frame))
