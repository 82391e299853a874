"""What stands behind the frames of training clips: their empty scenes, or other frames' views."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import Run
from selfbench.media.clips import ResizedFrames
from selfbench.media.frames import resized
from selfbench.store.arrays import mapped
from selfbench.vision.background.cache import known_share, stitched_clips

ENOUGH_KNOWN = 0.5  # of the pixels: below, frames are unrelated or the camera's motion is not found


class Backgrounds:
    """What stands behind the frames of all clips, (H, W, 4): RGB, and 0 where it is not known."""

    def __init__(self, clips: Sequence[NDArray[np.uint8] | Path], owner: NDArray[np.int64]) -> None:
        self._clips, self._owner = clips, owner  # (1 or n, H, W, 4) of each clip, or their file
        self._first = np.searchsorted(owner, np.arange(len(clips)))

    def pick(self, chosen: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Return those of frames `chosen` (N,), (N, H, W, 4)."""
        found = []
        for frame in chosen:
            clip = self._owner[frame]
            images = self._clips[clip]
            if isinstance(images, Path):
                images = mapped(images)
            found.append(images[frame - self._first[clip] if len(images) > 1 else 0])
        return np.stack(found)


def given(of: ResizedFrames) -> Backgrounds | None:
    """Return the empty scenes that clips come with, at the frames' size; None unless all do."""
    empty = [clip.background for clip in of.clips if clip.background is not None]
    if not of.clips or len(empty) < len(of.clips):
        return None
    known = np.full((of.height, of.width), 255, np.uint8)
    images = [np.dstack([resized(image, of.width, of.height), known])[None] for image in empty]
    return Backgrounds(images, of.owner)


def stitched(of: ResizedFrames, run: Run, otherwise: str) -> Backgrounds | None:
    """Return what other frames of the same clip show, None where that is less than half.

    Args:
        of: the frames, at the size of the backgrounds.
        run: that waits for them.
        otherwise: what happens where None is returned, told to whoever watches.
    """
    files = stitched_clips(of, run)
    share = known_share(files)
    if share < ENOUGH_KNOWN:
        run.progress(f"other frames show {share:.0%} of the background: too little, {otherwise}")
        return None
    return Backgrounds(files, of.owner)
