"""proposal-is on real video, per sequence, as Markdown: `python benchmarks/davis_proposal_is.py`.

Trains without labels on every DAVIS 2016 sequence there is, without and with optical flow, and
prints best-J and mAP0.5 next to VideoPCA's on the same sequences. Like every run it can be killed
and continued, and what is finished is never computed again.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from selfbench.cli.progress import bar
from selfbench.contracts import Metric
from selfbench.datasets.davis2016 import Davis2016
from selfbench.errors import SelfbenchError
from selfbench.params import parse_assignments
from selfbench.plugins.registry import Registry
from selfbench.stages.aggregate import Protocol, cell_values
from selfbench.stages.plan import Plan, data_places, plan_cells
from selfbench.stages.run import run_cell
from selfbench.stages.score.cells import load_metrics, read_scores, score_cell
from selfbench.store.cell_folder import CellStore
from selfbench.training.devices import TorchDevices


class DavisTrainval(Davis2016):
    """DAVIS 2016, learning from and scored on all sequences: no label is used for learning."""

    name = "davis-2016-trainval"
    train_split = "trainval"
    test_split = "trainval"
    metrics = ("J", "F", "mAP0.5")


METHODS: Mapping[str, tuple[str, dict[str, str]]] = {
    "proposal-is": ("proposal-is", {"flow": "none"}),
    "with flow": ("proposal-is", {"flow": "dis"}),
    "VideoPCA": ("videopca", {}),
}
J = ("J", "mean", "best-J", "skip-ends", "")
OWN = ("mAP0.5", "mean", "", "skip-ends", "own")
MASK = ("mAP0.5", "mean", "best-J", "skip-ends", "mask")
COLUMNS: Sequence[tuple[str, str, Protocol]] = [
    ("proposal-is", "J", J),
    ("proposal-is", "mAP0.5", OWN),
    ("proposal-is", "of masks", MASK),
    ("with flow", "J", J),
    ("with flow", "mAP0.5", OWN),
    ("with flow", "of masks", MASK),
    ("VideoPCA", "J", J),
    ("VideoPCA", "of masks", MASK),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-root", type=Path, help="folder with DAVIS/ [SELFBENCH_DATA]")
    parser.add_argument("--results", type=Path, default=Path("results"))
    parser.add_argument("--sequences", default="", help="comma list [all there are]")
    parser.add_argument("--seeds", type=int, default=1, help="how many, from 0")
    parser.add_argument("--set", action="append", default=[], help="KEY=VALUE for proposal-is")
    arguments = parser.parse_args()
    registry, devices = Registry([Path(__file__)]), TorchDevices()
    metrics = load_metrics(registry, [], DavisTrainval)
    values: dict[tuple[str, str], list[dict[Protocol, float]]] = {}  # by method and sequence
    minutes: dict[str, list[float]] = {}
    for label, (method, settings) in METHODS.items():
        given = parse_assignments(arguments.set) | settings if method == "proposal-is" else {}
        for plan in plan_cells(
            registry,
            [method],
            [DavisTrainval.name],
            range(arguments.seeds),
            given | {f"{DavisTrainval.name}.sequences": arguments.sequences},
            None,
            data_places(arguments.data_root),
        ):
            folder = plan.cell.folder(arguments.results)
            with bar(f"{label}, seed {plan.cell.seed}") as (advance, show):
                run_cell(plan, arguments.results, advance, show, devices)
            score_cell(folder, plan.dataset, metrics, 1)
            for sequence, found in per_sequence(folder, metrics.metrics, plan).items():
                values.setdefault((label, sequence), []).append(found)
            spent = CellStore(folder).manifest()["timings"]
            minutes.setdefault(label, []).append(spent.get("fit_s", 0.0) / 60)
    print(table(values))
    spent_text = ", ".join(
        f"{label} {np.mean(minutes[label]):.1f}" for label in METHODS if any(minutes[label])
    )
    print(
        f"\nJ at the best-J threshold; mAP0.5 of the detector's box and of the tight box around the"
        f" mask; first and last frames left out; {arguments.seeds} seed(s). Minutes of training:"
        f" {spent_text}. {platform.machine()}, {os.cpu_count()} cores, {devices.describe()},"
        f" {datetime.date.today()}."
    )


def per_sequence(
    folder: Path, metrics: Sequence[Metric], plan: Plan
) -> dict[str, dict[Protocol, float]]:
    """Return sequence -> protocol -> value of one scored cell, and under `all` their means."""
    rows, _ = read_scores(folder)
    named = {metric.name: metric for metric in metrics}
    found = {}
    for clip in plan.dataset.clips(plan.dataset.test_split):
        of_clip = cell_values([row for row in rows if row.clip == clip.name], named, 1)
        found[clip.name] = {where: value.value for where, value in of_clip.items()}
    whole = cell_values(rows, named, len(found))
    return found | {"all": {where: value.value for where, value in whole.items()}}


def table(values: Mapping[tuple[str, str], list[dict[Protocol, float]]]) -> str:
    lines = ["| sequence | " + " | ".join(f"{m}: {w}" for m, w, _ in COLUMNS) + " |"]
    lines.append("|---|" + "---|" * len(COLUMNS))
    for sequence in dict.fromkeys(sequence for _, sequence in values):
        cells = []
        for label, _, protocol in COLUMNS:
            numbers = [seed[protocol] for seed in values[label, sequence] if protocol in seed]
            cells.append(f"{np.mean(numbers):.2f}" if numbers else "-")
        lines.append(f"| {sequence} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    try:
        main()
    except SelfbenchError as error:
        raise SystemExit(f"error: {error}") from error
