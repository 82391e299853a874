"""Stitched backgrounds of validation clips: how much is known, how far they are from the frames.

`python docs/research/stitching.py` prints, per twin, milliseconds per frame, the share of pixels
whose background is known, and the mean absolute difference of frame and background (0 to 255) on
the object and off it; of their ratio training lives.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections.abc import Iterator
from itertools import islice

import cv2
import numpy as np
import pandas as pd
from common import markdown, run_script

from selfbench import Clip, load_dataset
from selfbench.media.frames import resized
from selfbench.store.processors import threads
from selfbench.vision.background.stitching import stitched
from selfbench.vision.shots import every_shot

TWINS = ("fs-singles-sim", "handheld-sim", "ski-ptz-sim")
SIZE = 64
EVERY = 10  # frames that are compared


def backgrounds(clip: Clip, small: list[np.ndarray]) -> Iterator[np.ndarray]:
    """Yield the background of each frame (SIZE, SIZE, 4), shot by shot."""
    with threads() as pool:
        for shot in every_shot(small):
            yield from stitched(clip.frames, shot, SIZE, SIZE, pool)


def measure(name: str, count: int) -> dict[str, float]:
    """Return one line of the table."""
    data = load_dataset(name)
    truth = data.truth("val")
    known_shares, on, off = [], [], []
    seconds, frames = 0.0, 0
    for clip in islice(data.clips("val"), count):
        small = [resized(image, SIZE, SIZE) for image in clip.frames]
        start = time.perf_counter()
        images = list(backgrounds(clip, small))
        seconds += time.perf_counter() - start
        frames += len(images)
        for t in range(0, len(images), EVERY):
            mask = truth[clip.name][clip.frames.names[t]].mask
            if mask is None:
                continue
            share = cv2.resize(mask.astype(np.float32), (SIZE, SIZE), interpolation=cv2.INTER_AREA)
            known = images[t][..., 3] > 0
            difference = np.abs(images[t][..., :3].astype(np.float32) - small[t]).mean(axis=2)
            known_shares.append(known.mean())
            on.extend(difference[known & (share > 0.9)])
            off.extend(difference[known & (share == 0)])
    return {
        "ms per frame": 1000 * seconds / frames,
        "known": float(np.mean(known_shares)),
        "on the object": float(np.mean(on)),
        "off it": float(np.mean(off)),
        "ratio": float(np.mean(on) / np.mean(off)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", action="append", help="names [three of the twins]")
    parser.add_argument("--clips", type=int, default=2, help="validation clips of each")
    given = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} CPUs, {SIZE} x {SIZE}, validation clips\n")
    rows = {name: measure(name, given.clips) for name in given.dataset or TWINS}
    print(markdown(pd.DataFrame(rows).T.rename_axis("twin"), 2))


if __name__ == "__main__":
    run_script(main)
