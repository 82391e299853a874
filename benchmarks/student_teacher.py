"""Teacher, students and ensembles over generations and seeds, in the layout of S4's tables.

`python benchmarks/student_teacher.py --dataset handheld-sim --dataset fs-singles-sim --seed 0-2`
runs what is missing of the ablation `generations`, as `selfbench ablate generations` would, and
prints J (best-J threshold) and CorLoc of the test clips, the comparisons of S4 Fig. 5 per seed, and
the time per image of one student and of an ensemble (`--time` alone: nothing else).
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch

from selfbench.cli.options import parse_seeds
from selfbench.cli.progress import bar
from selfbench.contracts import Clip, Run
from selfbench.devices import Devices
from selfbench.methods.student_teacher.method import EVALSEG, StudentTeacher
from selfbench.methods.student_teacher.networks import EvalSegNet
from selfbench.methods.student_teacher.settings import STUDENTS, StudentTeacherParams
from selfbench.methods.student_teacher.students import build
from selfbench.params import parse_assignments
from selfbench.planning import Plan, data_places, plan_ablation
from selfbench.plugins import Registry
from selfbench.postprocessing import parse_steps
from selfbench.provenance import now
from selfbench.records import read_cell
from selfbench.reports.student_teacher_ablations import generations
from selfbench.running import run_cell
from selfbench.scores import load_metrics, score_cell
from selfbench.store import CellStore, finished_elsewhere

METRICS = ("J", "CorLoc")
TEACHER = "teacher"
Values = Mapping[tuple[str, int], Sequence[float]]  # (output, generation) -> one per seed


def measured(plan: Plan, results: Path, registry: Registry, devices: Devices) -> dict[str, float]:
    """Run and score one cell, or read it; return each metric at the rule of the papers."""
    cell = finished_elsewhere(plan.cell, results)
    folder = cell.folder(results)
    with bar(f"{cell.method} {plan.method.params.model_dump().get('output', '')}") as (step, show):
        run_cell(plan, results, step, show, devices)
    score_cell(folder, plan.dataset, load_metrics(registry, METRICS, type(plan.dataset)), 1)
    scored = read_cell(CellStore(folder), registry)
    if scored is None:
        raise SystemExit(f"{cell.dataset} has nothing to score against; choose another.")
    found = {}
    for (metric, statistic, threshold, frames, boxes), value in scored.values.items():
        usual = threshold == "best-J" and frames == plan.dataset.frames and statistic == "mean"
        if usual and boxes in ("", "mask"):
            found[metric] = value.value
    return found


def cell_text(values: Sequence[float]) -> str:
    spread = f" ± {statistics.stdev(values):.3f}" if len(values) > 1 else ""
    return f"{statistics.mean(values):.3f}{spread}"


def averages(values: Values, generation: int, of: Sequence[str]) -> list[float]:
    """The mean over networks of one generation, per seed."""
    return list(np.mean([values[name, generation] for name in of], axis=0))


def table(values: Values) -> str:
    """Tables 1 to 3 of S4: a line per generation, then the gain."""
    ensembles = ("multi-net", "multi-select")
    lines = [f"| | teacher | {' | '.join(STUDENTS)} | Avg | {' | '.join(ensembles)} | Avg |"]
    lines.append("|---" * (len(STUDENTS) + 6) + "|")
    rows = {}
    for generation in (1, 2):
        columns = [values[name, generation] for name in STUDENTS]
        columns.append(averages(values, generation, STUDENTS))
        columns += [values[name, generation] for name in ensembles]
        columns.append(averages(values, generation, ensembles))
        rows[generation] = columns
        teacher = cell_text(values[TEACHER, 1]) if generation == 1 else "its students"
        cells = " | ".join(map(cell_text, columns))
        lines.append(f"| generation {generation} | {teacher} | {cells} |")
    gains = [np.subtract(b, a).tolist() for a, b in zip(rows[1], rows[2], strict=True)]
    lines.append(f"| gain | | {' | '.join(map(cell_text, gains))} |")
    return "\n".join(lines)


def claims(values: Values) -> str:
    """What S4 claims, as differences per seed."""
    students = {k: averages(values, k, STUDENTS) for k in (1, 2)}
    pairs = {
        "students of generation 1 − teacher": (students[1], values[TEACHER, 1]),
        "students of generation 2 − teacher": (students[2], values[TEACHER, 1]),
        "Multi-Net − mean of the students, generation 1": (values["multi-net", 1], students[1]),
        "Multi-Net − mean of the students, generation 2": (values["multi-net", 2], students[2]),
        "generation 2 − generation 1, mean of the students": (students[2], students[1]),
        "generation 2 − generation 1, Multi-Net": (
            values["multi-net", 2], values["multi-net", 1],
        ),
    }  # fmt: skip
    lines = ["| claim | difference | per seed |", "|---|---|---|"]
    for claim, (more, less) in pairs.items():
        difference = np.subtract(more, less).tolist()
        each = ", ".join(f"{d:+.3f}" for d in difference)
        lines.append(f"| {claim} | {cell_text(difference)} | {each} |")
    return "\n".join(lines)


class Noise:
    """Frames that cost nothing to decode."""

    def __init__(self, count: int, side: int = 256) -> None:
        self.names = [str(i) for i in range(count)]
        self._frame = np.random.default_rng(0).integers(0, 256, (side, side, 3), np.uint8)

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, index: int) -> np.ndarray:
        return self._frame

    def __iter__(self):
        return (self._frame for _ in self.names)


def seconds_per_image(preset: str, output: str, frames: int) -> float:
    """Time `predict` with random weights; the frames come and go at 256 x 256.

    Without a GPU it is processor time of one thread: what one idle core needs, on a busy one too.
    """
    gpu = torch.cuda.is_available()
    clock = time.perf_counter if gpu else time.process_time
    torch.set_num_threads(1)
    values = dict(StudentTeacher.presets[preset]) | {"generations": 1, "output": output}
    method = StudentTeacher(StudentTeacherParams(**values))
    p = method.params
    for name in (*p.names, EVALSEG):
        network = EvalSegNet(p.conv_width, p.low_size) if name == EVALSEG else build(name, p)
        method._keep(1, name, network.state_dict())
    run = Run(0, Path())
    list(method.predict(Clip("warm", Noise(2)), run))
    start = clock()
    count = sum(1 for _ in method.predict(Clip("noise", Noise(frames)), run))
    return (clock() - start) / count


def timings(presets: Sequence[str]) -> str:
    lines = [f"| preset | {' | '.join(STUDENTS)} | multi-net | multi-select |"]
    lines.append("|---" * (len(STUDENTS) + 3) + "|")
    for preset in presets:
        frames = 64 if preset == "cpu" or torch.cuda.is_available() else 2
        outputs = (*STUDENTS, "multi-net", "multi-select")
        cells = [f"{seconds_per_image(preset, output, frames):.4f} s" for output in outputs]
        lines.append(f"| {preset} | {' | '.join(cells)} |")
    lines.append("| S4, their GPU | 0.02 s " + "| 0.02 s " * 4 + "| 0.15 s | 0.15 s |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", action="append", default=[])
    parser.add_argument("--seed", default="0-2")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--preset")
    parser.add_argument("--post", default="", help="as of `selfbench run`")
    parser.add_argument("--results", type=Path, default=Path("results"))
    parser.add_argument("--time", action="append", choices=("cpu", "paper"), default=[])
    given = parser.parse_args()
    registry, seeds, devices = Registry(), parse_seeds(given.seed), Devices()
    threads = torch.get_num_threads()
    print(
        f"{devices.describe()}, {os.cpu_count()} CPUs ({platform.machine()}), {threads} threads of "
        f"torch, load {os.getloadavg()[0]:.1f}, {now()[:10]}\n"
    )
    for dataset in given.dataset:
        plans = plan_ablation(
            registry, generations, [dataset], seeds, parse_assignments(given.set), given.preset,
            data_places(None), parse_steps(given.post),
        )  # fmt: skip
        values: dict[str, dict[tuple[str, int], list[float]]] = {m: {} for m in METRICS}
        for row in generations.rows:
            where = (row.overrides.get("output", TEACHER), row.overrides.get("generation", 1))
            for plan in plans[row.label]:
                for metric, value in measured(plan, given.results, registry, devices).items():
                    values[metric].setdefault(where, []).append(value)
        for metric in METRICS:
            print(f"{dataset}, {metric}, seeds {given.seed}\n\n{table(values[metric])}\n")
            print(f"{claims(values[metric])}\n", flush=True)
    if given.time:
        print(timings(given.time))


if __name__ == "__main__":
    main()
