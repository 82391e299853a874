"""Measure how fast each procedural twin renders: `python benchmarks/twins.py`."""

import time

import cv2

from selfbench.datasets.twins.fs_singles_sim import FSSinglesSim
from selfbench.datasets.twins.h36m_sim import H36MSim
from selfbench.datasets.twins.handheld_sim import HandheldSim
from selfbench.datasets.twins.render import render
from selfbench.datasets.twins.ski_ptz_sim import SkiPTZSim
from selfbench.datasets.twins.twin import Params

FRAMES, CLIPS = 120, 2


def main() -> None:
    cv2.setNumThreads(1)
    print(f"{'dataset':16}{'size':>10}{'frames/s':>10}{'venue s':>9}   (CPU seconds of one core)")
    for kind in (FSSinglesSim, SkiPTZSim, HandheldSim, H36MSim):
        for width, height in ((128, 128), (640, 360)):
            params = Params(width=width, height=height, frames=FRAMES)
            start = time.process_time()
            kind.venue(0, 0, float(min(width, height)), width / min(width, height))
            painting = time.process_time() - start
            spent = 0.0
            for index in range(CLIPS):
                take = kind.take(params, "train", index)
                render(take, 0)  # poses and mesh are made once per clip
                start = time.process_time()
                for i in range(FRAMES):
                    render(take, i)
                spent += time.process_time() - start
            speed = CLIPS * FRAMES / spent
            print(
                f"{kind.name:16}{f'{width}x{height}':>10}{speed:10.0f}{painting:9.2f}", flush=True
            )


if __name__ == "__main__":
    main()
