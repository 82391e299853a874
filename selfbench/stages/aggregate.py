"""From score rows to the numbers of a table: statistics per clip, means over clips and seeds."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import ClipValue, Metric, Record
from selfbench.plugins.registry import Registry
from selfbench.stages.score.cells import read_columns
from selfbench.stages.score.frames import LABELS, Row
from selfbench.stages.score.series import Columns, Series
from selfbench.store.cell_folder import SCORES, CellStore, stored_cells

CONVENTIONS = ("all", "skip-ends")  # which frames of a clip count
VERSION = 8  # hexadecimal digits of the digest of its frames that name a dataset's version

SEES_TRUTH = " [sees the truth]"

Protocol = tuple[str, str, str, str, str]  # metric, statistic, threshold, frames, boxes


@dataclass(frozen=True)
class Value:
    """One number of one cell."""

    value: float
    clips: int
    level: float
    per_clip: tuple[ClipValue, ...] = ()  # their weighted mean is `value`; empty if it is not


def cell_values(
    rows: Sequence[Row] | Columns, metrics: Mapping[str, Metric], in_all: int
) -> dict[Protocol, Value]:
    """Return the values of one cell of `in_all` clips under every protocol its rows allow."""
    columns = rows if isinstance(rows, Columns) else Columns.of(rows)
    groups: dict[tuple[str, str, str], list[Series]] = {}
    for series in columns.series():
        groups.setdefault((series.metric, series.threshold, series.boxes), []).append(series)
    values: dict[Protocol, Value] = {}
    for (name, threshold, boxes), of in groups.items():
        at_once = any(not series.clip for series in of)
        for frames in CONVENTIONS[:1] if at_once else CONVENTIONS:
            kept = {
                (s.clip, s.object): s.values if frames == "all" else s.values[~s.ends] for s in of
            }
            kept = {where: array for where, array in kept.items() if len(array)}
            if kept:
                count = in_all if at_once else len({clip for clip, _ in kept})
                for statistic, (value, per_clip) in _average(metrics[name], kept).items():
                    values[name, statistic, threshold, frames, boxes] = Value(
                        value, count, of[0].level, () if at_once else tuple(per_clip)
                    )
    return values


def _average(
    metric: Metric, series: Mapping[tuple[str, str], NDArray[np.float64]]
) -> dict[str, tuple[float, list[ClipValue]]]:
    """Return statistic -> its value, and those of the clips with their weights in it.

    Args:
        metric: what the values are of.
        series: (clip, object) -> values; a clip of several objects counts as often.
    """
    frames = metric.average == "frames"
    summaries = {where: metric.summarise(values) for where, values in series.items()}
    whole = metric.summarise(np.concatenate(list(series.values()))) if frames else {}
    found = {}
    for s in metric.statistics:
        each = [
            ClipValue(where[0], of[s], float(np.isfinite(series[where]).sum()) if frames else 1.0)
            for where, of in summaries.items()
        ]
        mean = clip_mean(each) if frames else float(np.mean([of.value for of in each]))
        value = whole[s] if frames else mean
        found[s] = (value, _by_clip(each) if np.isclose(value, mean, rtol=1e-9) else [])
    return found


def _by_clip(each: Sequence[ClipValue]) -> list[ClipValue]:
    """Join what the objects of a clip contribute."""
    clips: dict[str, list[ClipValue]] = {}
    for of in each:
        clips.setdefault(of.clip, []).append(of)
    return [
        of[0] if len(of) == 1 else ClipValue(clip, clip_mean(of), sum(one.weight for one in of))
        for clip, of in clips.items()
    ]


def clip_mean(per_clip: Sequence[ClipValue]) -> float:
    """Return the weighted mean of the clips' values; NaN where no clip counts."""
    weights = np.array([of.weight for of in per_clip])
    values = np.array([of.value for of in per_clip])
    total = weights.sum()
    return float(weights @ np.where(weights > 0, values, 0.0) / total) if total else float("nan")


@dataclass(frozen=True)
class ScoredCell:
    """One scored cell of the store, read back."""

    manifest: dict[str, Any]
    info: dict[str, Any]
    values: dict[Protocol, Value]

    @property
    def row(self) -> tuple[str, str]:
        """The names under which a table shows this cell: dataset and method."""
        return row_name(self.manifest)

    @property
    def folder(self) -> str:
        """Return where this cell lies below the results."""
        m = self.manifest
        return f"{m['dataset']}/{m['method']}/{m['key']}/seed-{m['seed']}"

    @property
    def sees_truth(self) -> bool:
        """Whether the method was given the truth: a bound, no result."""
        return _sees_truth(self.manifest)


def _sees_truth(manifest: Mapping[str, Any]) -> bool:
    return bool(manifest.get("needs_truth"))


def row_name(manifest: Mapping[str, Any]) -> tuple[str, str]:
    """Return dataset and method of a run, each with [what was set of it]."""
    changed = manifest["changed"]
    return (
        manifest["dataset"] + _suffix(changed["dataset"]),
        manifest["method"] + _suffix(changed["method"]) + SEES_TRUTH * _sees_truth(manifest),
    )


def _suffix(changed: Mapping[str, Any]) -> str:
    return f" [{', '.join(f'{k}={v}' for k, v in changed.items())}]" if changed else ""


def read_cells(results: Path, registry: Registry) -> list[ScoredCell]:
    """Return every scored cell below `results`, oldest first."""
    cells = [read_cell(store, registry) for store, _ in stored_cells(results)]
    return sorted(filter(None, cells), key=lambda cell: str(cell.manifest["started"]))


def without_scores(results: Path) -> list[str]:
    """Return the runs that reports cannot show, each with its state."""
    return [
        f"{store.folder.relative_to(results)} ({_state(str(manifest.get('status')))})"
        for store, manifest in stored_cells(results)
        if not (store.folder / SCORES).exists()
    ]


def _state(status: str) -> str:
    return {"running": "failed or unfinished", "done": "not scored"}.get(status, status)


def read_cell(store: CellStore, registry: Registry) -> ScoredCell | None:
    """Return one cell with its scores, or None if it has none."""
    columns, info = read_columns(store.folder)
    if columns is None:
        return None
    names = columns.names("metric")
    metrics = {name: registry.entry("metrics", name).load()() for name in names}
    return ScoredCell(store.manifest(), info, cell_values(columns, metrics, info["clips"]))


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
    info, manifest = members[0][0].info, members[0][0].manifest
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
        runs=tuple(cell.folder for cell, _ in members),
        per_clip=_over_seeds([value.per_clip for _, value in members]),
        supervision=tuple(manifest["supervision"]) if "supervision" in manifest else None,
        version=str(manifest.get("identity", {}).get("frames", ""))[:VERSION],
        changed=tuple(manifest["changed"]["method"].items()),
        sees_truth=members[0][0].sees_truth,
        params=tuple(manifest.get("identity", {}).get("params", {}).items()),
    )


class StoredRecords:
    """The record of given runs and a protocol, recomputed from their scores."""

    def __init__(self, results: Path, registry: Registry) -> None:
        self.results, self.registry = results, registry
        self.cells: dict[str, ScoredCell | None] = {}

    def __call__(self, runs: Sequence[str], protocol: Sequence[str]) -> Record | None:
        """Return the record, or None if a run is gone or has no such score."""
        cells = [self._cell(run) for run in runs]
        metric, statistic, threshold, frames, boxes = protocol
        where = (metric, statistic, threshold, frames, boxes)
        members = [(cell, cell.values[where]) for cell in cells if cell and where in cell.values]
        return _record(members[0][0].row, where, members) if len(members) == len(runs) else None

    def _cell(self, run: str) -> ScoredCell | None:
        if run not in self.cells:
            self.cells[run] = read_cell(CellStore(self.results / run), self.registry)
        return self.cells[run]


def _over_seeds(seeds: Sequence[Sequence[ClipValue]]) -> tuple[ClipValue, ...]:
    """Return each clip's mean over seeds; empty unless all seeds have the same clips."""
    if len({tuple((of.clip, of.weight) for of in clips) for clips in seeds}) != 1:
        return ()
    return tuple(
        ClipValue(of[0].clip, float(np.mean([one.value for one in of])), of[0].weight)
        for of in zip(*seeds, strict=True)
    )
