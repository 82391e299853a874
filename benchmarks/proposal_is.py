"""Speed and memory of proposal-is per preset, as Markdown: `python benchmarks/proposal_is.py`.

Frames are noise of 640 x 360 in memory. Training figures are those of the log of a real training,
loading included, first step excluded. Inference goes from frames to masks of the frames' size.
Each preset runs in a process of its own, so that peak memory is its own. On a GPU the last columns
say what share of the device's limit a training step reaches: the FLOPs that torch counts, over its
time and over the rate of a large bf16 matrix product measured in the same process.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from selfbench.contracts import Clip, Image, Run
from selfbench.methods.proposal_is import ProposalIS
from selfbench.methods.proposal_is import method as plugin
from selfbench.methods.proposal_is.images import TrainingImages
from selfbench.methods.proposal_is.inpainting import train_inpainter
from selfbench.methods.proposal_is.networks import Inpainters
from selfbench.methods.proposal_is.pretrained import fetch
from selfbench.methods.proposal_is.settings import ProposalParams
from selfbench.methods.proposal_is.training import train_model
from selfbench.store.provenance import peak_memory_mb
from selfbench.training.devices import TorchDevices
from selfbench.training.log import read_log

STEPS = {"cpu": 120, "paper": 3, "paper-losses": 120}  # on the CPU; on a GPU 20 times as many
COLUMNS = (
    "preset", "inpainter, images/s", "training, images/s", "inference 1, frames/s",
    "inference 32, frames/s", "peak, MB", "inpainter, share", "training, share",
)  # fmt: skip


class Noise:
    """Frames 360 x 640, 32 of them in turns, so that they weigh little in the memory measured."""

    def __init__(self, count: int) -> None:
        self._frames = np.random.default_rng(0).integers(0, 256, (32, 360, 640, 3), np.uint8)
        self.names = [f"{i:05d}" for i in range(count)]

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, index: int, /) -> Image:
        return np.asarray(self._frames[index % 32])

    def __iter__(self) -> Iterator[Image]:
        return (self[i] for i in range(len(self)))


def steps_per_second(folder: Path, stage: str) -> float:
    rows = [row for row in read_log(folder) if row["stage"] == stage]
    first, last = rows[0], rows[-1]
    spent = float(last["seconds"]) - float(first["seconds"])
    return (int(last["step"]) - int(first["step"])) / max(spent, 1e-9)


def matmul_peak(device: torch.device) -> float:
    """FLOP/s of a large bf16 matrix product."""
    a, b = (torch.randn(8192, 8192, device=device, dtype=torch.bfloat16) for _ in range(2))
    best = 0.0
    for _ in range(5):
        torch.cuda.synchronize()
        start = time.perf_counter()
        for _ in range(20):
            a @ b
        torch.cuda.synchronize()
        best = max(best, 20 * 2 * 8192**3 / (time.perf_counter() - start))
    return best


def inference(method: ProposalIS, run: Run, batch: int, frames: int) -> float:
    plugin.BATCH = batch
    clip = Clip("noise", Noise(frames))
    for _ in method.predict(Clip("warm", Noise(batch)), run):
        pass
    start = time.perf_counter()
    count = sum(1 for _ in method.predict(clip, run))
    return count / (time.perf_counter() - start)


def measure(preset: str) -> dict[str, float]:
    devices = TorchDevices()
    gpu = devices.device.type == "cuda"
    steps = STEPS[preset] * (20 if gpu else 1)
    values: dict[str, Any] = dict(ProposalIS.presets[preset])
    clips = [Clip("noise", Noise(64))]
    row: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:

        def run(name: str) -> Run:
            place = Path(folder) / name
            place.mkdir()
            return Run(0, place, devices=devices)

        def params(count: int) -> ProposalParams:
            return ProposalParams(**values | {"steps": count, "inpaint_steps": count})

        once, many = ProposalIS(params(1)), ProposalIS(params(steps))
        here = run("data")
        images, start = TrainingImages(clips, params(1), here), fetch(params(1), here)
        filler = train_inpainter(images, params(1), here)
        for method in (once, many):
            method._normalise = images.normalise
        stages: dict[str, Callable[[ProposalIS, Run], Any]] = {
            "inpainter": lambda method, run: train_inpainter(images, method.params, run),
            "proposals": lambda method, run: train_model(
                images, Inpainters(filler), method.params, start, run
            ),
        }
        peak = matmul_peak(devices.device) if gpu else None
        for stage, train in stages.items():
            done = train(many, run(stage))
            rate = steps_per_second(Path(folder) / stage, stage)
            row[stage] = rate * many.params.batch
            if peak:
                with FlopCounterMode(display=False) as counter:
                    train(once, run(f"{stage}-flops"))
                row[f"{stage} share"] = counter.get_total_flops() * rate / peak
        many._model = done
        few = preset == "paper" and not gpu
        for batch, frames in ((1, 8 if few else 200), (32, 32 if few else 640)):
            row[f"inference {batch}"] = inference(many, here, batch, frames)
    row["peak"] = torch.cuda.max_memory_allocated() / 1e6 if gpu else peak_memory_mb()
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", action="append", choices=list(STEPS))
    parser.add_argument("--child", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        print(json.dumps(measure(args.child)))
        return
    gpu = torch.cuda.is_available()
    name = torch.cuda.get_device_name() if gpu else f"{platform.machine()} CPU"
    print(
        f"{name}, {os.cpu_count()} cores, {torch.get_num_threads()} torch threads, load "
        f"{os.getloadavg()[0]:.1f}, torch {torch.__version__}, {time.strftime('%Y-%m-%d')}, "
        "memory of the " + ("GPU" if gpu else "process") + "\n"
    )
    print("| " + " | ".join(COLUMNS) + " |")
    print("|" + "---|" * len(COLUMNS), flush=True)
    for preset in args.preset or ("cpu", "paper"):
        command = [sys.executable, __file__, "--child", preset]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        row: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        keys = ("inpainter", "proposals", "inference 1", "inference 32", "peak")
        cells = [f"{row[key]:.3g}" if row[key] < 100 else f"{row[key]:.0f}" for key in keys]
        for stage in ("inpainter", "proposals"):
            share = row.get(f"{stage} share")
            cells.append("–" if share is None else f"{100 * share:.1f} %")
        print("| " + " | ".join([preset, *cells]) + " |", flush=True)


if __name__ == "__main__":
    main()
