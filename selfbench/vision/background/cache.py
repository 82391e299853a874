"""Stitched backgrounds of clips, computed once and kept in memory-mapped files.

They lie in the harness's cache, so that seeds and variants share them:
`stitched/<frames>/<version>.npy`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import Clip, Run
from selfbench.media.clips import ResizedFrames, clip_digest
from selfbench.store.arrays import mapped, write_header
from selfbench.store.atomic import replacing, storing
from selfbench.store.places import cache_folder
from selfbench.store.processors import threads
from selfbench.vision.background.stitching import SETTINGS, Stitched, stitched
from selfbench.vision.shots import every_shot

EVERY = 32  # frames between two lines of progress


def stitched_clips(frames: ResizedFrames, run: Run) -> list[Path]:
    """Return the file of each clip's stitched backgrounds (n, H, W, 4), at the frames' size.

    What is not stored yet is computed; a kill loses one clip.
    """
    return [_stitched_clip(clip, small, run) for clip, small in frames.by_clip()]


def _stitched_clip(clip: Clip, small: NDArray[np.uint8], run: Run) -> Path:
    """Return the file of one clip, whose frames at the size of the file are `small`."""
    count, height, width = small.shape[:3]
    path = cache_folder() / "stitched" / clip_digest(clip, small) / f"{SETTINGS}.npy"
    if path.exists():
        return path
    with (
        storing(path.parent, "SELFBENCH_CACHE"),
        replacing(path) as part,
        part.open("wb") as file,
        # Threads: OpenCV works without Python's lock, and alone leaves most cores idle.
        threads() as pool,
    ):
        write_header(file, (count, height, width, 4), "|u1")
        done = 0
        for shot in every_shot(small):
            for image in stitched(clip.frames, shot, width, height, pool):
                file.write(image.tobytes())
                done += 1
                if done % EVERY == 0 or done == count:
                    run.progress(f"background of {clip.name} {done}/{count}")
    return path


def known_share(files: Sequence[Path]) -> float:
    """Return the share of all pixels whose background is known, of long clips from a sample."""
    shares, weights = [0.0], [0]
    for path in files:
        clip: Stitched = mapped(path)
        if len(clip):
            sample = clip[:: max(1, len(clip) // 50), ..., 3]
            shares.append(float((sample > 0).mean()))
            weights.append(len(clip))
    return float(np.average(shares, weights=weights)) if sum(weights) else 0.0
