"""Teacher, students and ensembles over generations and seeds, in the layout of S4's tables.

`python benchmarks/student_teacher.py --dataset handheld-sim --dataset fs-singles-sim --seed 0-2`
trains what is missing (the cells of `selfbench run --method student-teacher`), then lets every
network of every generation see each n-th frame of the test clips once. It prints J at the best-J
threshold, J at 0.5, CorLoc of the box around the mask's largest component at the best-J threshold,
the comparisons of S4 Fig. 5 per seed, and with `--time` the time per image of one student and of an
ensemble.
`selfbench ablate generations` gives the same rows by full cells, which takes longer.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from selfbench.cli.options import parse_seeds
from selfbench.cli.progress import bar
from selfbench.contracts import Clip, Run
from selfbench.media.boxes import largest_component, tight_box
from selfbench.media.frames import resized
from selfbench.media.thresholds import LEVELS, binarise
from selfbench.methods.student_teacher import ensembles
from selfbench.methods.student_teacher.method import EVALSEG, StudentTeacher
from selfbench.methods.student_teacher.networks import EvalSegNet
from selfbench.methods.student_teacher.settings import STUDENTS, StudentTeacherParams
from selfbench.methods.student_teacher.students import build
from selfbench.metrics.boxes import box_iou
from selfbench.metrics.region import RegionSimilarity
from selfbench.params import parse_assignments
from selfbench.plugins.registry import Registry
from selfbench.stages.plan import Plan, data_places, plan_cells
from selfbench.stages.run import StoredMasks, run_cell
from selfbench.store.cell_folder import CellStore
from selfbench.store.provenance import now
from selfbench.training.devices import TorchDevices

TEACHER = "teacher"
ENSEMBLES = ("multi-net", "multi-select")
METRICS = ("J", "J at 0.5", "CorLoc")
Where = tuple[str, int]  # whose masks, of which generation
Values = Mapping[Where, Sequence[float]]  # one per seed
Soft = dict[Where, np.ndarray]  # 8-bit masks (H, W) of one frame


def frames_to_score(plan: Plan, every: int) -> Iterator[tuple[Clip, int, np.ndarray]]:
    """Clip, frame index and true mask of each n-th annotated test frame."""
    truth = plan.dataset.truth(plan.dataset.test_split)
    ends = plan.dataset.frames == "skip-ends"
    for clip in plan.dataset.clips(plan.dataset.test_split):
        for i in range(int(ends), len(clip.frames) - ends, every):
            of = truth[clip.name].get(clip.frames.names[i])
            if of is not None and of.mask is not None:
                yield clip, i, of.mask


def all_masks(method: StudentTeacher, networks: Any, frame: np.ndarray, run: Run) -> Soft:
    """What every student and ensemble of every generation says of one frame."""
    p, found = method.params, {}
    image = run.devices.images(resized(frame, p.size, p.size)[None])
    for generation, (students, judge) in networks.items():
        masks = ensembles.student_masks(students, image, p)  # (students, 1, 1, S, S)
        found |= {(n, generation): masks[i] for i, n in enumerate(p.names)}
        product = ensembles.multi_net(masks)
        found["multi-net", generation] = ensembles.as_mask(product, len(masks))
        scores = ensembles.evaluate(judge, image, masks, p)
        found["multi-select", generation] = ensembles.multi_select(masks, scores)
    enlarge = partial(
        torch.nn.functional.interpolate,
        size=frame.shape[:2], mode="bilinear", align_corners=False,
    )  # fmt: skip
    return {
        where: (enlarge(mask)[0, 0].clamp(0, 1) * 255).round().byte().numpy()
        for where, mask in found.items()
    }


def evaluated(plan: Plan, results: Path, every: int) -> dict[str, dict[Where, float]]:
    """Train or read one cell; return metric -> whose masks -> value."""
    devices = TorchDevices()
    with bar(f"{plan.cell.dataset}, seed {plan.cell.seed}") as (step, show):
        run_cell(plan, results, step, show, devices)
        assert plan.teacher is not None
        run_cell(plan.teacher, results, step, show, devices)
    folder = plan.cell.folder(results)
    method, run = plan.method, Run(plan.cell.seed, folder, devices=devices)
    assert isinstance(method, StudentTeacher)
    method.load_weights(CellStore(folder).read_weights() or {})
    networks = {
        k: (
            {n: method._network(k, n, run) for n in method.params.names},
            method._network(k, EVALSEG, run),
        )
        for k in range(1, method.params.generations + 1)
    }
    taught = StoredMasks(plan.teacher, results, run.progress, devices)
    metric, curves, boxes = RegionSimilarity(), dict[Where, list[Any]](), dict[Where, list[Any]]()
    clip_masks: tuple[str, list[np.ndarray]] = ("", [])
    for clip, i, truth in frames_to_score(plan, every):
        if clip_masks[0] != clip.name:
            clip_masks = (clip.name, list(taught(clip)))
        found = all_masks(method, networks, clip.frames[i], run) | {(TEACHER, 1): clip_masks[1][i]}
        true_box = tight_box(truth)
        for where, soft in found.items():
            curves.setdefault(where, []).append((clip.name, metric.curve(truth, soft)))
            hits = [hit(binarise(soft, level), soft, true_box) for level in LEVELS]
            boxes.setdefault(where, []).append(hits)
    values: dict[str, dict[Where, float]] = {metric: {} for metric in METRICS}
    for where, rows in curves.items():
        clips = {name for name, _ in rows}
        per_clip = [np.mean([c for n, c in rows if n == name], axis=0) for name in clips]
        curve = np.mean(per_clip, axis=0)  # (19,)
        values["J"][where] = float(curve.max())
        values["J at 0.5"][where] = float(curve[LEVELS.index(0.5)])
        values["CorLoc"][where] = float(np.nanmean(np.array(boxes[where])[:, curve.argmax()]))
    return values


def hit(mask: np.ndarray, soft: np.ndarray, true_box: np.ndarray) -> float:
    """Whether the box around the mask's largest component overlaps the true one by a half."""
    if not len(true_box):
        return np.nan
    box = largest_component(mask, soft)[0]
    return float(len(box) > 0 and box_iou(true_box, box).max() >= 0.5)


def cell_text(values: Sequence[float]) -> str:
    spread = f" ± {statistics.stdev(values):.3f}" if len(values) > 1 else ""
    return f"{statistics.mean(values):.3f}{spread}"


def averages(values: Values, generation: int, of: Sequence[str]) -> list[float]:
    """The mean over networks of one generation, per seed."""
    return list(np.mean([values[name, generation] for name in of], axis=0))


def trained(values: Values) -> list[int]:
    """The generations there are."""
    return sorted({generation for name, generation in values if name != TEACHER})


def table(values: Values) -> str:
    """Tables 1 to 3 of S4: a line per generation, then the gain from the first to the last."""
    lines = [f"| | teacher | {' | '.join(STUDENTS)} | Avg | {' | '.join(ENSEMBLES)} | Avg |"]
    lines.append("|---" * (len(STUDENTS) + 6) + "|")
    rows = {}
    for generation in trained(values):
        columns = [values[name, generation] for name in STUDENTS]
        columns.append(averages(values, generation, STUDENTS))
        columns += [values[name, generation] for name in ENSEMBLES]
        columns.append(averages(values, generation, ENSEMBLES))
        rows[generation] = columns
        teacher = cell_text(values[TEACHER, 1]) if generation == 1 else "its students"
        cells = " | ".join(map(cell_text, columns))
        lines.append(f"| generation {generation} | {teacher} | {cells} |")
    if len(rows) > 1:
        gains = [np.subtract(b, a).tolist() for a, b in zip(rows[1], rows[max(rows)], strict=True)]
        lines.append(f"| gain | | {' | '.join(map(cell_text, gains))} |")
    return "\n".join(lines)


def claims(values: Values) -> str:
    """What S4 claims, as differences per seed."""
    students = {k: averages(values, k, STUDENTS) for k in trained(values)}
    product = {k: values["multi-net", k] for k in students}
    pairs = {}
    for k, of in students.items():
        pairs[f"students of generation {k} − teacher"] = of, values[TEACHER, 1]
        pairs[f"Multi-Net − mean of the students, generation {k}"] = product[k], of
    for k in list(students)[1:]:
        step = f"generation {k} − generation {k - 1}"
        pairs[f"{step}, mean of the students"] = students[k], students[k - 1]
        pairs[f"{step}, Multi-Net"] = product[k], product[k - 1]
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
    run = Run(0, Path(), TorchDevices())
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
    parser.add_argument("--every", type=int, default=4, help="score each n-th frame")
    parser.add_argument("--results", type=Path, default=Path("results"))
    parser.add_argument("--time", action="append", choices=("cpu", "paper"), default=[])
    given = parser.parse_args()
    devices = TorchDevices()
    threads = torch.get_num_threads()
    print(
        f"{devices.describe()}, {os.cpu_count()} CPUs ({platform.machine()}), {threads} threads of "
        f"torch, load {os.getloadavg()[0]:.1f}, {now()[:10]}\n"
    )
    for dataset in given.dataset:
        plans = plan_cells(
            Registry(), [StudentTeacher.name], [dataset], parse_seeds(given.seed),
            parse_assignments(given.set), given.preset, data_places(None),
        )  # fmt: skip
        seeds = [evaluated(plan, given.results, given.every) for plan in plans]
        spent = [
            CellStore(plan.cell.folder(given.results)).manifest()["timings"]["fit_s"] / 60
            for plan in plans
        ]
        for metric in METRICS:
            values = {where: [seed[metric][where] for seed in seeds] for where in seeds[0][metric]}
            print(f"{dataset}, {metric}, seeds {given.seed}\n\n{table(values)}\n")
            print(f"{claims(values)}\n")
        print(f"Minutes of training, teacher included: {', '.join(f'{m:.1f}' for m in spent)}\n")
    if given.time:
        print(timings(given.time))


if __name__ == "__main__":
    main()
