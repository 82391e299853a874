"""How fast each procedural twin renders on one core: `python benchmarks/twins.py`.

Frames per second of processor time, and the seconds that painting the scene takes once.
"""

from __future__ import annotations

import argparse
import time
from functools import partial

import cv2
from timing import header, machine, row, spent

from selfbench.datasets.twins.fs_singles_sim import FSSinglesSim
from selfbench.datasets.twins.h36m_sim import H36MSim
from selfbench.datasets.twins.handheld_sim import HandheldSim
from selfbench.datasets.twins.render import render
from selfbench.datasets.twins.ski_ptz_sim import SkiPTZSim
from selfbench.datasets.twins.twin import Params, Twin

SIZES = ((128, 128), (640, 360))


def measure(twin: type[Twin], width: int, height: int, frames: int, clips: int) -> list[str]:
    """Return frames per second, and seconds of painting."""
    params = Params(width=width, height=height, frames=frames)
    unit = min(width, height)
    painting = spent(partial(twin.venue, 0, 0, float(unit), width / unit), time.process_time)
    rendering = 0.0
    for index in range(clips):
        take = twin.take(params, "train", index)
        render(take, 0)  # poses and mesh are made once per clip
        for i in range(frames):
            rendering += spent(partial(render, take, i), time.process_time)
    return [f"{clips * frames / rendering:.0f}", f"{painting:.2f}"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=120, help="of each clip")
    parser.add_argument("--clips", type=int, default=2)
    given = parser.parse_args()
    cv2.setNumThreads(1)
    print(header(["twin", "size", "frames/s", "scene, s"]))
    for twin in (FSSinglesSim, SkiPTZSim, HandheldSim, H36MSim):
        for width, height in SIZES:
            cells = measure(twin, width, height, given.frames, given.clips)
            print(row([twin.name, f"{width} x {height}", *cells]), flush=True)
    print(f"\n{machine()}")


if __name__ == "__main__":
    main()
