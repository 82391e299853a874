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

# Of the pixels, ours: with less, frames are unrelated or the camera's motion is not found.
MIN_KNOWN_SHARE = 0.5


class Backgrounds:
    """What stands behind the frames of all clips, (H, W, 4): RGB, and 0 where it is not known."""

    def __init__(self, clips: Sequence[NDArray[np.uint8] | Path], owner: NDArray[np.int64]) -> None:
        self._clips, self._owner = clips, owner  # (1 or n, H, W, 4) of each clip, or their file
        self._first = np.searchsorted(owner, np.arange(len(clips)))

    def pick(self, chosen: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Return those of frames `chosen` (N,), (N, H, W, 4)."""
        backgrounds = []
        for frame in chosen:
            clip = self._owner[frame]
            images = self._clips[clip]
            if isinstance(images, Path):
                images = mapped(images)
            backgrounds.append(images[frame - self._first[clip] if len(images) > 1 else 0])
        return np.stack(backgrounds)


def known_backgrounds(frames: ResizedFrames) -> Backgrounds | None:
    """Return the empty scenes that clips come with, at the frames' size; None unless all do."""
    scenes = [clip.background for clip in frames.clips if clip.background is not None]
    if not frames.clips or len(scenes) < len(frames.clips):
        return None
    known = np.full((frames.height, frames.width), 255, np.uint8)
    images = [np.dstack([resized(s, frames.width, frames.height), known])[None] for s in scenes]
    return Backgrounds(images, frames.owner)


def stitched_backgrounds(frames: ResizedFrames, run: Run, otherwise: str) -> Backgrounds | None:
    """Return what other frames of the same clip show, None where that is less than half.

    Args:
        frames: the frames, at the size of the backgrounds.
        run: that waits for them.
        otherwise: what happens where None is returned, for the line of progress that says so.
    """
    files = stitched_clips(frames, run)
    share = known_share(files)
    if share < MIN_KNOWN_SHARE:
        run.progress(f"other frames show {share:.0%} of the background: too little, {otherwise}")
        return None
    return Backgrounds(files, frames.owner)
