"""What an ablation watches: values that trainings log, over their steps and at their end."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from selfbench.contracts import Ablation, Record, StoredRun
from selfbench.training.log import LOG, read_log

LAST = 0.1  # share of the training, at its end, over which a value is averaged for the table
LAST_STEPS = f"as logged, mean of the last {LAST:.0%} of the training steps"


class LogPoint(NamedTuple):
    """One logged value of one run."""

    row: str  # label of the ablation's row
    dataset: str
    seed: int
    name: str
    step: int
    value: float


def read_watched(ablation: Ablation, runs: Sequence[StoredRun]) -> list[LogPoint]:
    """Return what the runs of an ablation logged of the values that it watches.

    Methods that do not train in steps have no log.
    """
    return [
        LogPoint(
            run.method,
            run.dataset,
            int(run.manifest["seed"]),
            line["name"],
            int(line["step"]),
            float(line["value"]),
        )
        for run in runs
        if (run.folder / LOG).exists()
        for line in read_log(run.folder)
        if line["name"] in ablation.watch
    ]


def last_values(points: Sequence[LogPoint], ablation: Ablation) -> list[Record]:
    """Return each watched value at the end of training, mean over seeds, as a record."""
    courses: dict[tuple[str, str, str], dict[int, list[LogPoint]]] = {}
    for point in points:
        seeds = courses.setdefault((point.row, point.dataset, point.name), {})
        seeds.setdefault(point.seed, []).append(point)
    records = []
    for name in ablation.watch:
        for (row, dataset, logged), seeds in courses.items():
            if logged == name:
                values = [_at_end(course) for course in seeds.values()]
                records.append(plain_record(row, dataset, name, values, tuple(seeds), LAST_STEPS))
    return records


def _at_end(course: Sequence[LogPoint]) -> float:
    begin = max(point.step for point in course) * (1 - LAST)
    return float(np.mean([point.value for point in course if point.step >= begin]))


def plain_record(
    row: str,
    dataset: str,
    name: str,
    values: Sequence[float],
    seeds: tuple[int, ...],
    protocol: str,
) -> Record:
    """Return the record of a number that no score stage made: logged or published.

    Args:
        row: label of the ablation's row.
        dataset: what its column stands under.
        name: of the column.
        values: one per seed, or the published one.
        seeds: empty for a published number.
        protocol: what the number is, in one line.
    """
    return Record(
        method=row, dataset=dataset, metric=name, statistic="mean", threshold="", frames="all",
        boxes="", mean=float(np.mean(values)),
        std=statistics.stdev(values) if len(values) > 1 else None, seeds=seeds, clips=0, keys=(),
        levels=(), usual_threshold=True, usual_frames=True, usual_boxes=True,
        lower_is_better=False, protocol=protocol,
    )  # fmt: skip
