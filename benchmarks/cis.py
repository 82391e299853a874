"""What the parts of one frame of CIS cost: `python benchmarks/cis.py --frame IMAGE`.

IMAGE is a real frame such as DAVIS dog/00010.jpg: on noise the CRF takes ten times longer. Each
cell is the repeat that was least disturbed, on the clock and in processor time.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from timing import header, machine, row, spent

from selfbench.media.frames import read_frame
from selfbench.methods.cis import CIS
from selfbench.methods.cis.networks import Generator
from selfbench.training.devices import TorchDevices
from selfbench.vision.flow.estimators import dis

WIDTH, HEIGHT = 854, 480
Part = tuple[str, Callable[[], object]]  # what it is called, and one run of it


def parts(path: Path, devices: TorchDevices) -> Iterator[Part]:
    """Yield flow, generators and CRF."""
    frame = np.asarray(cv2.resize(read_frame(path), (WIDTH, HEIGHT)), np.uint8)
    for width in (320, 640):
        height = round(width * HEIGHT / WIDTH)
        first = cv2.resize(frame, (width, height))
        second = cv2.resize(np.roll(frame, 5, axis=1), (width, height))
        yield (
            f"DIS flow of one pair, {width} x {height}",
            lambda first=first, second=second: dis(first, second),
        )
    for channels, (width, height) in ((32, (384, 192)), (16, (192, 96))):
        network = Generator(channels).eval()
        devices.place(network)
        image = torch.rand(1, 3, height, width, device=devices.device)
        flow = torch.rand(1, 2, height, width, device=devices.device)

        def forward(network=network, image=image, flow=flow):
            with torch.inference_mode(), devices.autocast():
                return network(image, flow).cpu()

        yield f"generator, width {channels}, {width} x {height}", forward
    coarse = np.random.default_rng(0).random((30, 53)).astype(np.float32)
    mask = cv2.resize(coarse, (WIDTH, HEIGHT))
    for iterations in (5, 50):
        crf = CIS(CIS.Params(crf_iterations=iterations)).crf(WIDTH)
        yield (
            f"dense CRF, {iterations} iterations, {WIDTH} x {HEIGHT}",
            lambda crf=crf: crf.refine_soft(frame, mask),
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frame", type=Path, required=True, help="an image")
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args()
    devices = TorchDevices()
    print(header(["part", "ms", "CPU ms"]))
    for name, run in parts(given.frame, devices):
        run()
        clocks = (time.perf_counter, time.process_time)
        best = [min(spent(run, clock) for _ in range(given.repeats)) for clock in clocks]
        print(row([name, *(f"{1000 * seconds:.0f}" for seconds in best)]), flush=True)
    print(f"\n{machine(devices.describe())}")


if __name__ == "__main__":
    main()
