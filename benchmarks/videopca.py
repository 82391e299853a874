"""Frames per second of VideoPCA on a 480p clip, decoding excluded: `python benchmarks/videopca.py`.

The clip is a texture under a panning camera with a square that moves its own way, held in memory.
Each thread count runs in a process of its own, because the BLAS reads it once.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partialmethod
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from timing import Stopwatch, machine, spent

from selfbench import Clip, Run
from selfbench.contracts import Image
from selfbench.methods.videopca import VideoPCA, pca
from selfbench.methods.videopca.colour import ColourBins, ColourModel
from selfbench.methods.videopca.shots import Spool
from selfbench.store.provenance import peak_memory_mb
from selfbench.training.devices import TorchDevices
from selfbench.vision.shots import CutFinder

STAGES: list[tuple[str, Any, str]] = [  # what the table shows, and the function it times
    ("resize (down and up)", cv2, "resize"),
    ("file write", Spool, "append"),
    ("file read", Spool, "read"),
    ("cut histograms", CutFinder, "add"),
    ("PCA fit", pca, "fit"),
    ("error images (twice)", pca.Background, "error"),
    ("cue", VideoPCA, "cue"),
    ("colour bins (twice)", ColourBins, "index"),
    ("colour histograms", ColourModel, "add"),
    ("final mask", VideoPCA, "finish"),
]


class PanningFrames:
    """`count` frames 480 x 854 cut out of one wide texture, made when asked for."""

    def __init__(self, count: int) -> None:
        noise = np.random.default_rng(0).integers(0, 256, (60, 300, 3), dtype=np.uint8)
        self._wide = cv2.resize(noise, (2 * count + 954, 480), interpolation=cv2.INTER_CUBIC)
        self.names = [f"{t:05d}" for t in range(count)]

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, t: int, /) -> Image:
        frame = np.array(self._wide[:, 2 * t : 2 * t + 854], np.uint8)
        x = 300 + int(150 * np.sin(t / 15))
        frame[180:300, x : x + 120, 0] |= 128
        return frame

    def __iter__(self) -> Iterator[Image]:
        return (self[t] for t in range(len(self)))


def measure(count: int, repeats: int) -> None:
    watches = {"decoding": watch(PanningFrames, "__getitem__")}
    watches |= {stage: watch(owner, attribute) for stage, owner, attribute in STAGES}
    clip = Clip("panning", PanningFrames(count))
    videopca = VideoPCA(VideoPCA.Params())
    best, shares = np.inf, dict[str, float]()
    with tempfile.TemporaryDirectory() as folder:
        run = Run(0, Path(folder), TorchDevices())
        for _ in range(repeats):
            for stopwatch in watches.values():
                stopwatch.seconds = 0.0
            total = spent(lambda: list(videopca.predict(clip, run)))
            seconds = {stage: stopwatch.seconds for stage, stopwatch in watches.items()}
            total -= seconds.pop("decoding")
            if total < best:
                best, shares = total, seconds
    print(f"{count / best:7.1f} frames/s ({best / count * 1e3:.2f} ms/frame, best of {repeats})")
    shares["the rest"] = best - sum(shares.values())
    for stage, share in sorted(shares.items(), key=lambda item: -item[1]):
        print(f"    {stage:22s} {100 * share / best:5.1f} %")
    print(f"    peak memory of the process {peak_memory_mb():.0f} MB")


def watch(owner: Any, attribute: str) -> Stopwatch:
    """Time every call of a function of a module, or of a method of a class."""
    stopwatch = Stopwatch(getattr(owner, attribute))
    timed = partialmethod(stopwatch) if isinstance(owner, type) else stopwatch
    setattr(owner, attribute, timed)
    return stopwatch


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        cv2.setNumThreads(given.child)
        measure(given.frames, given.repeats)
        return
    print(f"{machine()}, numpy {np.__version__}, OpenCV {cv2.__version__}")
    print(f"{given.frames} frames 480 x 854")
    for threads in (1, 2):
        print(f"{threads} thread{'s' * (threads > 1)}:", flush=True)
        limits = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), str(threads))
        command = [sys.executable, __file__, *sys.argv[1:], "--child", str(threads)]
        subprocess.run(command, env={**os.environ, **limits}, check=True)


if __name__ == "__main__":
    main()
