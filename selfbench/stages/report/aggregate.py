"""From stored scores to the numbers of a table: which runs count, then means over seeds."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from selfbench.contracts import LABELS, ClipValue, Record, StoredRun
from selfbench.stages.report.row_names import (
    Patterns,
    matches,
    plain_name,
    row_name,
    split_patterns,
)
from selfbench.store.cell_folder import CellStore, stored_cells
from selfbench.store.scores import ScoreInfo, Summary, read_infos, scored_metrics

VERSION = 8  # hexadecimal digits of the digest of its frames that name a dataset's version
FINISHED = ("done", "evaluated")

Protocol = tuple[str, str, str, str, str]  # metric, statistic, threshold, frames, boxes


def stored_run(store: CellStore, manifest: Mapping[str, Any]) -> StoredRun:
    """Return one run as reports see it."""
    return StoredRun(store.folder, manifest, *row_name(manifest))


def read_runs(
    results: Path, methods: Patterns = None, datasets: Patterns = None
) -> list[StoredRun]:
    """Return the runs below `results` whose rows match, oldest first, finished or not."""

    def folder_matches(folder: str, patterns: Patterns) -> bool:
        return matches(folder, [plain_name(one) for one in split_patterns(patterns)])

    runs = [
        stored_run(store, manifest)
        for store, manifest in stored_cells(
            results,
            lambda dataset, method: (
                folder_matches(dataset, datasets) and folder_matches(method, methods)
            ),
        )
    ]
    chosen = (r for r in runs if matches(r.method, methods) and matches(r.dataset, datasets))
    return sorted(chosen, key=lambda run: str(run.manifest["started"]))


def is_finished(run: StoredRun) -> bool:
    """Return whether nothing is left to run of it."""
    return run.manifest.get("status") in FINISHED


def newest(runs: Iterable[StoredRun]) -> list[StoredRun]:
    """Keep, of runs that a table would give the same row and seed, those of the newest key.

    Older ones come from an earlier state of the method's source or of the data.
    """
    runs = list(runs)
    latest = {(run.dataset, run.method): run.manifest["key"] for run in runs}
    return [run for run in runs if run.manifest["key"] == latest[run.dataset, run.method]]


@dataclass(frozen=True)
class ScoredRun:
    """A run and what a table must know of its scores."""

    run: StoredRun
    infos: Sequence[ScoreInfo]  # by metric, in the order of the dataset's papers

    def values(self) -> dict[Protocol, tuple[ScoreInfo, Summary]]:
        """Return every number under its protocol."""
        return {protocol(info, one): (info, one) for info in self.infos for one in info.summaries}


def protocol(info: ScoreInfo, summary: Summary) -> Protocol:
    """Return what a number must share with another to be compared."""
    return info.metric, summary.statistic, summary.threshold, summary.frames, summary.boxes


def read_scored(runs: Iterable[StoredRun], metrics: Patterns = None) -> list[ScoredRun]:
    """Return the runs that have scores of metrics that match; other scores are not read."""
    scored = []
    for run in runs:
        names = [name for name in scored_metrics(run.folder) if matches(name, metrics)]
        if names:
            scored.append(ScoredRun(run, read_infos(run.folder, names)))
    return scored


def make_records(scored: Sequence[ScoredRun]) -> list[Record]:
    """Return one record per dataset, method and protocol, over the seeds there are."""
    groups: dict[tuple[str, str, Protocol], list[_Number]] = {}
    for one in scored:
        usual = _Usual.of(one)
        for where, (info, summary) in one.values().items():
            row = (one.run.dataset, one.run.method, where)
            groups.setdefault(row, []).append(_Number(one.run, info, summary, usual))
    records = [_record(where, numbers) for (_, _, where), numbers in groups.items()]
    return sorted(records, key=lambda r: (r.dataset, r.method))


@dataclass(frozen=True)
class _Usual:
    """What the papers' protocol depends on beside the number itself."""

    searched: bool  # whether any threshold was searched
    own_boxes: frozenset[str]  # metrics that the method's own boxes were scored by

    @classmethod
    def of(cls, scored: ScoredRun) -> _Usual:
        rules = {rule for info in scored.infos for rule in info.levels}
        own = frozenset(where[0] for where in scored.values() if where[4] == "own")
        return cls(any(rule.startswith("best-") for rule in rules), own)


@dataclass(frozen=True)
class _Number:
    """One number of one seed."""

    run: StoredRun
    info: ScoreInfo
    summary: Summary
    usual: _Usual


def _record(where: Protocol, numbers: Sequence[_Number]) -> Record:
    numbers = sorted(numbers, key=lambda number: int(number.run.manifest["seed"]))
    values = [number.summary.value for number in numbers]
    metric, statistic, threshold, frames, boxes = where
    first, info, usual = numbers[0], numbers[0].info, numbers[0].usual
    manifest = first.run.manifest
    return Record(
        dataset=first.run.dataset,
        method=first.run.method,
        metric=metric,
        statistic=statistic,
        threshold=threshold,
        frames=frames,
        boxes=boxes,
        mean=float(np.mean(values)),
        std=statistics.stdev(values) if len(values) > 1 else None,
        seeds=tuple(int(number.run.manifest["seed"]) for number in numbers),
        clips=first.summary.clips,
        keys=tuple(str(number.run.manifest["key"]) for number in numbers),
        levels=tuple(n.summary.level for n in numbers if not np.isnan(n.summary.level)),
        # Where only boxes are known there is nothing to search a threshold with.
        usual_threshold=threshold.startswith("best-")
        or threshold in ("", LABELS)
        or (threshold == "0.5" and not usual.searched),
        usual_frames=frames == (info.frames if info.per_frame else "all"),
        usual_boxes=boxes == ("" if not boxes else "own" if metric in usual.own_boxes else "mask"),
        lower_is_better=statistic in info.lower_is_better,
        protocol=info.protocol,
        runs=tuple(run_path(number.run.manifest) for number in numbers),
        per_clip=_over_seeds([number.summary.per_clip for number in numbers]),
        supervision=tuple(manifest["supervision"]) if "supervision" in manifest else None,
        sees=str(manifest.get("sees", "")),
        ours=bool(manifest.get("ours")),
        version=str(manifest.get("identity", {}).get("frames", ""))[:VERSION],
        changed=tuple(manifest["changed"]["method"].items()),
        sees_truth=bool(manifest.get("needs_truth")),
        params=tuple(manifest.get("params", {}).items()),
    )


def run_path(manifest: Mapping[str, Any]) -> str:
    """Return where a run lies below the results."""
    m = manifest
    return f"{m['dataset']}/{m['method']}/{m['key']}/seed-{m['seed']}"


def _over_seeds(seeds: Sequence[Sequence[ClipValue]]) -> tuple[ClipValue, ...]:
    """Return each clip's mean over seeds; empty unless all seeds have the same clips."""
    if len({tuple((one.clip, one.weight) for one in clips) for clips in seeds}) != 1:
        return ()
    return tuple(
        ClipValue(same[0].clip, float(np.mean([one.value for one in same])), same[0].weight)
        for same in zip(*seeds, strict=True)
    )


def stored_record(results: Path) -> Callable[[Sequence[str], Sequence[str]], Record | None]:
    """Return what looks up the record of given runs and a protocol in the stored scores."""
    known: dict[tuple[str, str], ScoredRun] = {}

    def look_up(run: str, metric: str) -> ScoredRun:
        if (run, metric) not in known:
            store = CellStore(results / run)
            manifest = store.manifest()
            row = row_name(manifest) if manifest else ("", "")
            infos = read_infos(store.folder, [metric]) if manifest else []
            known[run, metric] = ScoredRun(StoredRun(store.folder, manifest, *row), infos)
        return known[run, metric]

    def record(runs: Sequence[str], where: Sequence[str]) -> Record | None:
        """Return the record, or None if a run is gone or has no such score."""
        metric, statistic, threshold, frames, boxes = where
        asked = (metric, statistic, threshold, frames, boxes)
        scored = [look_up(run, metric) for run in runs]
        numbers = [
            _Number(one.run, *one.values()[asked], _Usual.of(one))
            for one in scored
            if asked in one.values()
        ]
        return _record(asked, numbers) if len(numbers) == len(runs) else None

    return record
