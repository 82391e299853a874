"""Stitched backgrounds of validation clips: how much is known, how far they are from the frames.

`python benchmarks/stitching.py` prints, per twin, milliseconds per frame, the share of pixels whose
background is known, and the mean absolute difference of frame and background (0 to 255) on the
object and off it; of their ratio training lives.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import cv2
import numpy as np

from selfbench.media.frames import resized
from selfbench.plugins.registry import Registry
from selfbench.stages.plan import data_places, open_dataset
from selfbench.store.processors import processors
from selfbench.vision.background.stitching import stitched
from selfbench.vision.shots import every_shot

TWINS = ("fs-singles-sim", "handheld-sim", "ski-ptz-sim")
SIZE = 64


def measure(name: str, clips: int) -> str:
    """One line of the table."""
    data = open_dataset(Registry().entry("datasets", name), {}, data_places(None))
    truth = data.truth("val")
    known, on, off = [], [], []
    spent, frames = 0.0, 0
    for clip in islice(data.clips("val"), clips):
        images = list(clip.frames)
        small = [resized(image, SIZE, SIZE) for image in images]
        start = time.perf_counter()
        with ThreadPoolExecutor(processors()) as pool:
            behind = [
                image
                for shot in every_shot(small)
                for image in stitched(clip.frames, shot, SIZE, SIZE, pool)
            ]
        spent += time.perf_counter() - start
        frames += len(images)
        for t, image in enumerate(behind):
            mask = truth[clip.name][clip.frames.names[t]].mask
            if t % 10 or mask is None:
                continue
            share = cv2.resize(mask.astype(np.float32), (SIZE, SIZE), interpolation=cv2.INTER_AREA)
            there = image[..., 3] > 0
            apart = np.abs(image[..., :3].astype(np.float32) - small[t]).mean(axis=2)
            known.append(there.mean())
            on.extend(apart[there & (share > 0.9)])
            off.extend(apart[there & (share == 0)])
    inside, outside = float(np.mean(on)), float(np.mean(off))
    return (
        f"| {name} | {1000 * spent / frames:.0f} | {np.mean(known):.2f} | {inside:.1f} | "
        f"{outside:.1f} | {inside / outside:.1f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=2, help="validation clips per twin")
    given = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} CPUs, {SIZE} x {SIZE}, validation clips\n")
    print("| twin | ms per frame | known | on the object | off it | ratio |")
    print("|---|---|---|---|---|---|")
    for name in TWINS:
        print(measure(name, given.clips), flush=True)


if __name__ == "__main__":
    main()
