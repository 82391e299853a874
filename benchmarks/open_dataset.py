"""How long opening a dataset of 190,257 frames takes, first and again, and what iterating costs.

The frames are tiny copies of one JPEG in the splits of Handheld190k: `python
benchmarks/open_dataset.py FOLDER` makes them below FOLDER (0.8 GB of disk blocks) unless they are
there. Every line is a process of its own.
"""

from __future__ import annotations

import argparse
import io
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from PIL import Image
from timing import machine

from selfbench import load_dataset

SEQUENCES = {"train": [40285] * 3, "val": [23076], "test": [46326]}
ANNOTATED = 193  # every so many frames of val and test have a mask


def make(root: Path, share: float) -> None:
    """Write all frames, or a share of them."""
    data = io.BytesIO()
    Image.fromarray(np.zeros((36, 64, 3), np.uint8)).save(data, "JPEG")
    mask = Image.fromarray(np.eye(36, 64, dtype=np.uint8) * 255)
    for split, lengths in SEQUENCES.items():
        for number, length in enumerate(lengths):
            folder = root / "Handheld190k" / split / f"{split}{number}"
            folder.mkdir(parents=True)
            count = max(1, round(length * share))
            for i in range(count):
                (folder / f"{i:06d}.jpg").write_bytes(data.getvalue())
            if split != "train":
                masks = root / "Handheld190k/masks" / folder.name
                masks.mkdir(parents=True)
                for i in range(0, count, ANNOTATED):
                    mask.save(masks / f"{i:06d}.png")


def measure_opening(root: Path) -> None:
    """Print what opening costs, in this process."""
    started, started_cpu = time.perf_counter(), time.process_time()
    dataset = load_dataset("handheld190k", data_root=root)
    frames = sum(len(clip.frames) for split in SEQUENCES for clip in dataset.clips(split))
    masks = sum(len(of_clip) for of_clip in dataset.truth("test").values())
    dataset.frames_fingerprint()
    dataset.truth_fingerprint()
    seconds, cpu = time.perf_counter() - started, time.process_time() - started_cpu
    print(f"{frames} frames, {masks} test masks: {seconds:.2f} s, {cpu:.2f} s of CPU, {peak()} MB")


def measure_iterating(root: Path, frames: int) -> None:
    """Print what decoding the first so many frames costs."""
    clip = load_dataset("handheld190k", data_root=root).clips("train")[0]
    frames = min(frames, len(clip.frames))
    started = time.perf_counter()
    for i, _ in enumerate(clip.frames, 1):
        if i == min(100, frames):
            print(f"after {i} frames {peak()} MB")
        if i == frames:
            break
    each = (time.perf_counter() - started) / frames
    print(f"after {frames} frames {peak()} MB, {each * 1e6:.0f} us per frame of 64 x 36")


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--share", type=float, default=1.0, help="of the frames, where made anew")
    parser.add_argument("--decode", type=int, default=20_000, help="frames to iterate over")
    parser.add_argument("--child", choices=("open", "iterate"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child == "open":
        measure_opening(given.folder)
    elif given.child == "iterate":
        measure_iterating(given.folder, given.decode)
    else:
        if not (given.folder / "Handheld190k").is_dir():
            make(given.folder, given.share)
        cache = given.folder / "cache"
        shutil.rmtree(cache, ignore_errors=True)
        print(machine())
        again = [sys.executable, __file__, *sys.argv[1:], "--child"]
        for title, child in (("first", "open"), ("again", "open"), ("iterate", "iterate")):
            print(f"{title}: ", end="", flush=True)
            subprocess.run([*again, child], check=True, env=own_cache(cache))


def own_cache(folder: Path) -> dict[str, str]:
    return {**os.environ, "SELFBENCH_CACHE": str(folder)}


if __name__ == "__main__":
    main()
