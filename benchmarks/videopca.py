"""Frames per second of VideoPCA on a 480p clip, decoding excluded: `python benchmarks/videopca.py`.

The clip is a texture under a panning camera with a square that moves its own way, held in memory.
Each thread count runs in a process of its own, because the BLAS reads it once.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from selfbench.contracts import Clip, Image, Run
from selfbench.methods.videopca import VideoPCA, pca
from selfbench.methods.videopca.colour import ColourBins, ColourModel
from selfbench.methods.videopca.shots import Spool
from selfbench.params import build
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


def timed(function: Callable[..., Any], stage: str, spent: dict[str, float]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        start = time.perf_counter()
        result = function(*args, **kwargs)
        spent[stage] += time.perf_counter() - start
        return result

    return call


def measure(count: int, repeats: int) -> None:
    spent: dict[str, float] = defaultdict(float)
    for stage, owner, attribute in [*STAGES, ("decoding", PanningFrames, "__getitem__")]:
        setattr(owner, attribute, timed(getattr(owner, attribute), stage, spent))
    clip = Clip("panning", PanningFrames(count))
    videopca = VideoPCA(build(VideoPCA.Params, {}, "videopca"))
    best, shares = np.inf, dict(spent)
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(repeats):
            spent.clear()
            start = time.perf_counter()
            frames = sum(1 for _ in videopca.predict(clip, Run(0, Path(folder), TorchDevices())))
            total = time.perf_counter() - start - spent["decoding"]
            if total < best:
                best, shares = total, dict(spent)
    print(f"{frames / best:7.1f} frames/s ({best / frames * 1e3:.2f} ms/frame, best of {repeats})")
    del shares["decoding"]
    shares["the rest"] = best - sum(shares.values())
    for stage, seconds in sorted(shares.items(), key=lambda item: -item[1]):
        print(f"    {stage:22s} {100 * seconds / best:5.1f} %")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"    peak memory of the process {peak:.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        cv2.setNumThreads(args.child)
        measure(args.frames, args.repeats)
        return
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", end=", ")
    print(f"numpy {np.__version__}, OpenCV {cv2.__version__}, {args.frames} frames 480 x 854")
    for threads in (1, 2):
        print(f"{threads} thread{'s' * (threads > 1)}:", flush=True)
        limits = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), str(threads))
        command = [sys.executable, __file__, *sys.argv[1:], "--child", str(threads)]
        subprocess.run(command, env={**os.environ, **limits}, check=True)


if __name__ == "__main__":
    main()
