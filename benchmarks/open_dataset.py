"""How long opening a dataset of 190,257 frames takes, first and again, and what iterating costs.

The frames are tiny copies of one JPEG in the splits of Handheld190k: `python
benchmarks/open_dataset.py FOLDER` makes them below FOLDER (0.8 GB of disk blocks) unless they are
there. Every line is a process of its own.
"""

from __future__ import annotations

import io
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from PIL import Image

from selfbench.contracts import Where
from selfbench.datasets.handheld190k import Handheld190k

SEQUENCES = {"train": [40285] * 3, "val": [23076], "test": [46326]}
DECODED = 20_000  # frames to iterate over


def make(root: Path) -> None:
    data = io.BytesIO()
    Image.fromarray(np.zeros((36, 64, 3), np.uint8)).save(data, "JPEG")
    mask = Image.fromarray(np.eye(36, 64, dtype=np.uint8) * 255)
    for split, lengths in SEQUENCES.items():
        for number, length in enumerate(lengths):
            folder = root / "Handheld190k" / split / f"{split}{number}"
            folder.mkdir(parents=True)
            for i in range(length):
                (folder / f"{i:06d}.jpg").write_bytes(data.getvalue())
            if split != "train":
                masks = root / "Handheld190k/masks" / folder.name
                masks.mkdir(parents=True)
                for i in range(0, length, 193):
                    mask.save(masks / f"{i:06d}.png")


def measure(root: Path, iterate: bool) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    dataset = Handheld190k(Handheld190k.Params(), Where(root, root / "cache"))
    frames = sum(len(clip.frames) for split in SEQUENCES for clip in dataset.clips(split))
    masks = sum(len(of) for of in dataset.truth("test").values())
    dataset.frames_fingerprint()
    dataset.truth_fingerprint()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{frames} frames, {masks} test masks: {wall:.2f} s, {cpu:.2f} s of CPU, {peak()} MB")
    if iterate:
        clip = dataset.clips("train")[0]
        wall = time.perf_counter()
        for i, _ in enumerate(clip.frames):
            if i == 100:
                print(f"after 100 frames {peak()} MB")
            if i == DECODED:
                break
        spent = (time.perf_counter() - wall) / DECODED
        print(f"after {DECODED} frames {peak()} MB, {spent * 1e6:.0f} us per frame of 64 x 36")


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    root = Path(sys.argv[1])
    if len(sys.argv) > 2:
        measure(root, sys.argv[2] == "iterate")
    else:
        if not (root / "Handheld190k").is_dir():
            make(root)
        shutil.rmtree(root / "cache", ignore_errors=True)
        for what in ("first", "again", "again", "iterate"):
            print(f"{what}: ", end="", flush=True)
            subprocess.run([sys.executable, __file__, str(root), what], check=True)
