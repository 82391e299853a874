"""Frames decoded once, resized, and kept in one memory-mapped file, so that loading never waits."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from selfbench.contracts import Clip
from selfbench.media.clips import ResizedFrames
from selfbench.media.frames import resized
from selfbench.store.arrays import write_header
from selfbench.store.atomic import replacing, storing


def cached_frames(clips: Sequence[Clip], width: int, height: int, folder: Path) -> ResizedFrames:
    """Return all frames of `clips`, memory-mapped.

    The file lies in `folder` and is made once; it is keyed by its size alone, so the folder must
    be that of a cell, whose clips never change.
    """
    path = folder / f"frames-{width}x{height}.npy"
    owner = np.repeat(np.arange(len(clips)), [len(clip.frames) for clip in clips])
    if not path.exists():
        shape = (len(owner), height, width, 3)
        with storing(folder), replacing(path) as part, part.open("wb") as file:
            write_header(file, shape, "|u1")
            for clip in clips:
                for frame in clip.frames:
                    file.write(resized(frame, width, height).tobytes())
    return ResizedFrames(clips, np.load(path, mmap_mode="r"), owner)
