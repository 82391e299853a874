"""Time per image of each student and ensemble: `python benchmarks/student_teacher.py`.

Networks have been trained for one step: time does not depend on their weights. Frames are noise of
256 x 256 in memory. Without a GPU it is processor time of one thread: what one idle core needs, on
a busy one too.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from timing import header, machine, noise_clip, row, spent

from selfbench import Run
from selfbench.methods.student_teacher.method import StudentTeacher
from selfbench.methods.student_teacher.names import ENSEMBLES, STUDENTS
from selfbench.params import build
from selfbench.training.devices import TorchDevices

SIDE = 256
# One step of one image, from the teacher's masks as they are.
SHORT = {
    "generations": 1, "steps": 1, "evalseg_steps": 1, "batch": 1, "keep": 1.0,
}  # fmt: skip


def teacher(clip):
    """Masks of noise."""
    rng = np.random.default_rng(0)
    return (rng.integers(0, 256, (SIDE, SIDE), np.uint8) for _ in clip.frames.names)


def seconds_per_image(preset: str, frames: int) -> list[float]:
    """Return what `predict` takes by each student and ensemble, decoding excluded."""
    devices = TorchDevices()
    clock = time.process_time if devices.device.type == "cpu" else time.perf_counter
    values = dict(StudentTeacher.presets[preset]) | SHORT
    warm, clip = noise_clip(2, SIDE, SIDE), noise_clip(frames, SIDE, SIDE)
    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        run = Run(0, Path(folder), devices, teacher=teacher)
        trained = StudentTeacher(build(StudentTeacher.Params, values, StudentTeacher.name))
        trained.fit([warm], run)
        torch.set_num_threads(1)
        for output in (*STUDENTS, *ENSEMBLES):
            params = build(StudentTeacher.Params, values | {"output": output}, StudentTeacher.name)
            method = StudentTeacher(params)
            method.load_weights(trained.weights())
            list(method.predict(warm, run))
            seconds.append(spent(lambda m=method: list(m.predict(clip, run)), clock) / frames)
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", action="append", choices=list(StudentTeacher.presets))
    parser.add_argument("--frames", type=int, help="[64; 2 of the preset paper without a GPU]")
    given = parser.parse_args()
    few = not torch.cuda.is_available()
    print(header(["preset", *STUDENTS, *ENSEMBLES]))
    for preset in given.preset or ["cpu"]:
        frames = given.frames or (2 if few and preset == "paper" else 64)
        seconds = seconds_per_image(preset, frames)
        print(row([preset, *(f"{value:.4f} s" for value in seconds)]), flush=True)
    print(row(["the paper, their GPU", *["0.02 s"] * len(STUDENTS), *["0.15 s"] * len(ENSEMBLES)]))
    print(f"\n{machine(TorchDevices().describe())}, torch {torch.__version__}")


if __name__ == "__main__":
    main()
