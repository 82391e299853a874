"""Mean and worst over seeds of mAP0.5 and best-J, per data set and over all of them, as Markdown.

`python benchmarks/three_seeds.py --method proposal-is --dataset '*-sim'` runs what is missing, as
`selfbench run` would, and takes finished cells as they are.
"""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from selfbench.cli.options import parse_seeds
from selfbench.cli.report_command import choose
from selfbench.cli.run_command import run_and_score
from selfbench.params import parse_assignments
from selfbench.plugins.registry import Registry
from selfbench.stages.aggregate import make_records, read_cell
from selfbench.stages.plan import Plan, data_places, plan_cells
from selfbench.store.cell_folder import CellStore
from selfbench.store.provenance import now
from selfbench.training.devices import TorchDevices

METRICS = ("mAP0.5", "J")


class Outcome(NamedTuple):
    """One seed of one method on one data set."""

    method: str
    dataset: str
    scores: dict[str, float]  # by metric, at the threshold rule of the papers
    fit_s: float


def outcome(plan: Plan, results: Path, registry: Registry, devices: TorchDevices) -> Outcome:
    """Run and score one cell, or read it if it is finished."""
    error = run_and_score(plan, registry, results, None, devices)
    if error:
        raise error
    cell = read_cell(CellStore(plan.cell.folder(results)), registry)
    if cell is None:
        raise SystemExit(f"{plan.cell.dataset} has nothing to score against; choose another.")
    records = choose(make_records([cell]))
    scores = {record.metric: record.mean for record in records if record.metric in METRICS}
    dataset, method = cell.row
    return Outcome(method, dataset, scores, float(cell.manifest["timings"].get("fit_s", 0.0)))


def mean_and_worst(values: Sequence[float]) -> str:
    return f"{sum(values) / len(values):.3f} / {min(values):.3f}" if values else "–"


def table(outcomes: Sequence[Outcome]) -> str:
    """A line per method and data set, and one per method over all data sets."""
    lines = [
        "| method | data set | mAP0.5 mean / worst | J mean / worst | training, s per seed |",
        "|---|---|---|---|---|",
    ]
    for method in dict.fromkeys(o.method for o in outcomes):
        of_method = [o for o in outcomes if o.method == method]
        datasets = list(dict.fromkeys(o.dataset for o in of_method))
        for dataset in datasets:
            lines.append(line(method, dataset, [o for o in of_method if o.dataset == dataset]))
        if len(datasets) > 1:
            lines.append(line(method, f"all {len(datasets)}", of_method))
    return "\n".join(lines)


def line(method: str, dataset: str, of: Sequence[Outcome]) -> str:
    scores = [
        mean_and_worst([o.scores[metric] for o in of if metric in o.scores]) for metric in METRICS
    ]
    spent = sum(o.fit_s for o in of) / len(of)
    return f"| {method} | {dataset} | {' | '.join(scores)} | {spent:.0f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--method", action="append", required=True)
    parser.add_argument("--dataset", action="append", required=True)
    parser.add_argument("--seed", default="0-2")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--preset")
    parser.add_argument("--plugin", action="append", type=Path, default=[])
    parser.add_argument("--results", type=Path, default=Path("results"))
    given = parser.parse_args()
    registry, seeds, devices = Registry(given.plugin), parse_seeds(given.seed), TorchDevices()
    plans = plan_cells(
        registry,
        given.method,
        given.dataset,
        seeds,
        parse_assignments(given.set),
        given.preset,
        data_places(None),
    )
    outcomes = [outcome(plan, given.results, registry, devices) for plan in plans]
    machine = f"{devices.describe()}, {os.cpu_count()} CPUs ({platform.machine()})"
    print(f"{machine}, {now()[:10]}, seeds {', '.join(map(str, seeds))}, test clips\n")
    print(table(outcomes))


if __name__ == "__main__":
    main()
