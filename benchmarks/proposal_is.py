"""Speed and memory of proposal-is per preset, as Markdown: `python benchmarks/proposal_is.py`.

Frames are noise of 640 x 360 in memory. Training figures are those of the log of a real training,
loading included, first step excluded. Inference goes from frames to masks of the frames' size, of
clips of one frame and of a long clip. Each preset runs in a process of its own, so that peak memory
is its own. On a GPU the last columns say what share of the device's limit a training step reaches:
the FLOPs that torch counts, over its time and over the rate of a large bf16 matrix product measured
in the same process.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch
from safetensors.torch import save_file
from timing import header, machine, noise_clip, row, spent
from torch.utils.flop_counter import FlopCounterMode

from selfbench import Run
from selfbench.methods.proposal_is import ProposalIS
from selfbench.params import build
from selfbench.store.provenance import peak_memory_mb
from selfbench.training.devices import TorchDevices
from selfbench.training.log import read_log

HEIGHT, WIDTH = 360, 640
STEPS = {"cpu": 120, "paper": 3}  # on the CPU; on a GPU 20 times as many
STAGES = {"inpainter": "inpaint_steps", "proposals": "steps"}  # as the log calls them
COLUMNS = {  # of the table: what `measure` calls it
    "inpainter, images/s": "inpainter",
    "training, images/s": "proposals",
    "inference 1, frames/s": "one frame",
    "inference 32, frames/s": "long clip",
    "peak, MB": "peak",
    "inpainter, share": "inpainter share",
    "training, share": "proposals share",
}


class Benchmark:
    """One preset in this process."""

    def __init__(self, preset: str, folder: Path) -> None:
        self.preset, self.folder, self.devices = preset, folder, TorchDevices()
        self.on_gpu = self.devices.device.type == "cuda"

    def fit(self, name: str, **steps: int) -> ProposalIS:
        """Train on noise, an inpainter first."""
        values = dict(ProposalIS.presets[self.preset]) | steps
        method = ProposalIS(build(ProposalIS.Params, values, ProposalIS.name))
        method.fit([noise_clip(64, HEIGHT, WIDTH)], self.run(name))
        return method

    def run(self, name: str) -> Run:
        place = self.folder / name
        place.mkdir(exist_ok=True)
        return Run(0, place, self.devices)

    def measure(self, steps: int, frames: int) -> dict[str, float]:
        """Return what the columns of the table want, without shares on a CPU."""
        method = self.fit("training", **dict.fromkeys(STAGES.values(), steps))
        values = {}
        rates = {stage: self.steps_per_second("training", stage) for stage in STAGES}
        for stage, rate in rates.items():
            values[stage] = rate * method.params.batch
        if self.on_gpu:
            peak = matmul_peak(self.devices.device)
            for stage, rate in rates.items():
                values[f"{stage} share"] = self.step_flops(stage) * rate / peak
        run, single = self.run("training"), noise_clip(1, HEIGHT, WIDTH)
        few = max(1, frames // 4)
        for title, clips in (
            ("one frame", [single] * few),
            ("long clip", [noise_clip(frames, HEIGHT, WIDTH)]),
        ):
            list(method.predict(single, run))
            seconds = spent(lambda clips=clips: [list(method.predict(c, run)) for c in clips])
            values[title] = sum(len(clip.frames) for clip in clips) / seconds
        memory = torch.cuda.max_memory_allocated() / 1e6 if self.on_gpu else peak_memory_mb()
        return values | {"peak": memory}

    def steps_per_second(self, name: str, stage: str) -> float:
        lines = [line for line in read_log(self.folder / name) if line["stage"] == stage]
        first, last = lines[0], lines[-1]
        seconds = float(last["seconds"]) - float(first["seconds"])
        return (int(last["step"]) - int(first["step"])) / max(seconds, 1e-9)

    def step_flops(self, stage: str) -> float:
        """What a training of one step more of the stage takes more."""
        counts = []
        for more in (0, 1):
            steps = dict.fromkeys(STAGES.values(), 1)
            steps[STAGES[stage]] += more
            with FlopCounterMode(display=False) as counter:
                self.fit(f"{stage}-{more}", **steps)
            counts.append(counter.get_total_flops())
        return counts[1] - counts[0]


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


def random_weights(folder: Path) -> None:
    """Write files in place of the ImageNet weights that `paper` asks for: as fast as these."""
    import timm

    paper = ProposalIS.presets["paper"]
    for name in (paper["encoder"], paper["features"]):
        save_file(timm.create_model(name).state_dict(), folder / f"{name}.safetensors")


def cells(values: dict[str, float]) -> list[str]:
    texts = []
    for name in COLUMNS.values():
        value = values.get(name)
        if value is None:
            texts.append("–")
        elif name.endswith("share"):
            texts.append(f"{100 * value:.1f} %")
        else:
            texts.append(f"{value:.3g}" if value < 100 else f"{value:.0f}")
    return texts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", action="append", choices=list(STEPS))
    parser.add_argument("--steps", type=int, help="of each training [by preset and device]")
    parser.add_argument("--frames", type=int, help="of the long clip [640; 32 of paper on a CPU]")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    given = parser.parse_args()
    gpu = torch.cuda.is_available()
    if given.child:
        steps = given.steps or STEPS[given.child] * (20 if gpu else 1)
        frames = given.frames or (32 if given.child == "paper" and not gpu else 640)
        with tempfile.TemporaryDirectory() as folder:
            random_weights(Path(folder))
            os.environ["SELFBENCH_WEIGHTS"] = folder
            print(json.dumps(Benchmark(given.child, Path(folder)).measure(steps, frames)))
        return
    device = torch.cuda.get_device_name() if gpu else "cpu"
    threads = f"{torch.get_num_threads()} torch threads, torch {torch.__version__}"
    print(f"{machine(device)}, {threads}, memory of the {'GPU' if gpu else 'process'}\n")
    print(header(["preset", *COLUMNS]), flush=True)
    for preset in given.preset or ("cpu", "paper"):
        command = [sys.executable, __file__, *sys.argv[1:], "--child", preset]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        print(row([preset, *cells(json.loads(done.stdout.splitlines()[-1]))]), flush=True)


if __name__ == "__main__":
    main()
