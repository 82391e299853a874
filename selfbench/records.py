"""From score rows to the numbers of a table: statistics per clip, means over clips and seeds."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import Metric, Record
from selfbench.plugins import Registry
from selfbench.scores import read_scores
from selfbench.scoring import LABELS, Row
from selfbench.store import CellStore, stored_cells

CONVENTIONS = ("all", "skip-ends")  # which frames of a clip count

SEES_TRUTH = " [sees the truth]"

Protocol = tuple[str, str, str, str, str]  # metric, statistic, threshold, frames, boxes


@dataclass(frozen=True)
class Value:
    """One number of one cell."""

    value: float
    clips: int
    level: float


def cell_values(
    rows: Sequence[Row], metrics: Mapping[str, Metric], in_all: int
) -> dict[Protocol, Value]:
    """Return the values of one cell of `in_all` clips under every protocol its rows allow."""
    series: dict[tuple[str, str, str], dict[tuple[str, str], list[Row]]] = {}
    for row in rows:
        of_clip = series.setdefault((row.metric, row.threshold, row.boxes), {})
        of_clip.setdefault((row.clip, row.object), []).append(row)
    values: dict[Protocol, Value] = {}
    for (name, threshold, boxes), clips in series.items():
        level = next(iter(clips.values()))[0].level
        for frames in CONVENTIONS:
            if ("", "") in clips and frames != "all":
                continue  # scored over the whole dataset at once
            kept = {
                clip: np.array([r.value for r in of if frames == "all" or not r.end])
                for clip, of in clips.items()
            }
            kept = {clip: array for clip, array in kept.items() if len(array)}
            if kept:
                for statistic, value in _average(metrics[name], list(kept.values())).items():
                    where = (name, statistic, threshold, frames, boxes)
                    names = {clip for clip, _ in kept}
                    values[where] = Value(value, len(names) if "" not in names else in_all, level)
    return values


def _average(metric: Metric, clips: list[NDArray[np.float64]]) -> dict[str, float]:
    if metric.average == "frames":
        return metric.summarise(np.concatenate(clips))
    per_clip = [metric.summarise(values) for values in clips]
    return {s: float(np.mean([of[s] for of in per_clip])) for s in metric.statistics}


@dataclass(frozen=True)
class ScoredCell:
    """One scored cell of the store, read back."""

    manifest: dict[str, Any]
    info: dict[str, Any]
    values: dict[Protocol, Value]

    @property
    def row(self) -> tuple[str, str]:
        """The names under which a table shows this cell: dataset and method."""
        changed = self.manifest["changed"]
        return (
            self.manifest["dataset"] + _suffix(changed["dataset"]),
            self.manifest["method"] + _suffix(changed["method"]) + SEES_TRUTH * self.sees_truth,
        )

    @property
    def sees_truth(self) -> bool:
        """Whether the method was given the truth: a bound, no result."""
        return bool(self.manifest.get("needs_truth"))


def _suffix(changed: Mapping[str, Any]) -> str:
    return f" [{', '.join(f'{k}={v}' for k, v in changed.items())}]" if changed else ""


def read_cells(results: Path, registry: Registry) -> list[ScoredCell]:
    """Return every scored cell below `results`, oldest first."""
    cells = [read_cell(store, registry) for store, _ in stored_cells(results)]
    return sorted(filter(None, cells), key=lambda cell: str(cell.manifest["started"]))


def read_cell(store: CellStore, registry: Registry) -> ScoredCell | None:
    """Return one cell with its scores, or None if it has none."""
    rows, info = read_scores(store.folder)
    if not info:
        return None
    metrics = {
        name: registry.entry("metrics", name).load()() for name in {row.metric for row in rows}
    }
    return ScoredCell(store.manifest(), info, cell_values(rows, metrics, info["clips"]))


def newest(cells: Iterable[ScoredCell]) -> list[ScoredCell]:
    """Keep, of cells that a table would give the same row and seed, those of the newest key.

    Older ones come from an earlier state of the method's source or of the data.
    """
    latest = {cell.row: cell.manifest["key"] for cell in cells}
    return [cell for cell in cells if cell.manifest["key"] == latest[cell.row]]


def make_records(cells: Sequence[ScoredCell]) -> list[Record]:
    """Return one record per dataset, method and protocol, over the seeds there are."""
    groups: dict[tuple[tuple[str, str], Protocol], list[tuple[ScoredCell, Value]]] = {}
    for cell in cells:
        for protocol, value in cell.values.items():
            groups.setdefault((cell.row, protocol), []).append((cell, value))
    records = [_record(row, protocol, of) for (row, protocol), of in groups.items()]
    return sorted(records, key=lambda r: (r.dataset, r.method))


def _record(
    row: tuple[str, str], protocol: Protocol, members: list[tuple[ScoredCell, Value]]
) -> Record:
    members = sorted(members, key=lambda m: int(m[0].manifest["seed"]))
    values = [value.value for _, value in members]
    metric, statistic, threshold, frames, boxes = protocol
    info = members[0][0].info
    about = info["metrics"][metric]
    searched = any(p[2].startswith("best-") for p in members[0][0].values)
    has_own = any(p[0] == metric and p[4] == "own" for p in members[0][0].values)
    return Record(
        dataset=row[0],
        method=row[1],
        metric=metric,
        statistic=statistic,
        threshold=threshold,
        frames=frames,
        boxes=boxes,
        mean=float(np.mean(values)),
        std=statistics.stdev(values) if len(values) > 1 else None,
        seeds=tuple(int(cell.manifest["seed"]) for cell, _ in members),
        clips=members[0][1].clips,
        keys=tuple(str(cell.manifest["key"]) for cell, _ in members),
        levels=tuple(value.level for _, value in members if not np.isnan(value.level)),
        # Where only boxes are known there is nothing to search a threshold with.
        usual_threshold=threshold.startswith("best-")
        or threshold in ("", LABELS)
        or (threshold == "0.5" and not searched),
        usual_frames=frames == (info["frames"] if about["per_frame"] else "all"),
        usual_boxes=boxes == ("" if not boxes else "own" if has_own else "mask"),
        lower_is_better=statistic in about["lower_is_better"],
        protocol=str(about["protocol"]),
        sees_truth=members[0][0].sees_truth,
    )
