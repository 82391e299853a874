"""The report `html`: gathers runs, scores and pictures, and hands them to the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import selfbench
from selfbench.contracts import Record, RunReport, Where
from selfbench.plugins.registry import Registry
from selfbench.reports.html.curves import FrameIndex, Scores, pack, read_all
from selfbench.reports.html.gallery import Gallery, make_gallery
from selfbench.reports.html.page import render_page
from selfbench.reports.html.runs import ReportRun, unfinished
from selfbench.reports.layouts import BOLD
from selfbench.reports.statistics import interval
from selfbench.reports.table import Table, make_table
from selfbench.stages.aggregate import ScoredCell
from selfbench.store.provenance import now

MASKS = 1000  # shown in all; keeps a page of many runs at a few megabytes and seconds
FILE = "report.html"

Blocks = dict[str, Any]  # what the page loads when it is needed, by name


class HtmlReport(RunReport):
    """A page to browse: leaderboard, clips, frames under a threshold slider, trainings, runs."""

    name = "html"

    def render(
        self,
        records: Sequence[Record],
        cells: Sequence[ScoredCell],
        results: Path,
        registry: Registry,
        where: Where,
    ) -> dict[str, str | bytes]:
        """Return the page: one file, without anything to load from elsewhere."""
        runs = [ReportRun(cell, results) for cell in cells]
        datasets = list(dict.fromkeys(run.dataset for run in runs))
        indices, scores = read_all(
            {n: run.store.folder for n, run in enumerate(runs)},
            {n: run.dataset for n, run in enumerate(runs)},
        )
        galleries = {}
        for dataset in datasets:
            of = {n: run for n, run in enumerate(runs) if run.dataset == dataset}
            budget = MASKS * len(of) // len(runs)
            known = {n: scores[n] for n in of}
            galleries[dataset] = make_gallery(of, known, indices[dataset], registry, where, budget)
        blocks: Blocks = {f"run-{n}": _of_run(run, scores[n]) for n, run in enumerate(runs)}
        for d, dataset in enumerate(datasets):
            for c, clip in enumerate(indices[dataset].clips):
                blocks[f"clip-{d}-{c}"] = galleries[dataset].clips.get(clip, [])
        index = {
            "made": now(),
            "version": selfbench.__version__,
            "datasets": [_of_dataset(d, indices[d], galleries[d]) for d in datasets],
            "runs": [_in_list(run, scores[n]) for n, run in enumerate(runs)],
            "records": _columns(records),
            "metrics": _metrics(cells),
            "tables": _tables(records),
            "unfinished": [_of_unfinished(manifest) for manifest in unfinished(results, runs)],
        }
        return {FILE: render_page({"index": index, **blocks})}


def _of_dataset(name: str, index: FrameIndex, gallery: Gallery) -> dict[str, Any]:
    return {
        "name": name,
        "problem": gallery.problem,
        "marks": [mark._asdict() for mark in gallery.marks],
        "clips": [
            {
                "name": clip,
                "start": index.spans[clip].start,
                "frames": list(frames),
                "ends": [i for i, end in enumerate(frames.values()) if end],
                "pictures": [picture["place"] for picture in gallery.clips.get(clip, [])],
            }
            for clip, frames in index.clips.items()
        ],
    }


def _in_list(run: ReportRun, scores: Scores) -> dict[str, Any]:
    manifest = run.manifest
    keys = ("key", "seed", "status", "started", "timings", "peak_memory_mb", "supervision")
    environment = manifest.get("environment", {})
    return {
        "dataset": run.dataset,
        "method": run.method,
        "levels": scores.levels,
        "protocol": run.usual(scores),
        "device": environment.get("device"),
        "git": environment.get("git"),
        **{key: manifest.get(key) for key in keys},
    }


def _of_run(run: ReportRun, scores: Scores) -> dict[str, Any]:
    curves = [
        {"metric": metric, "threshold": rule, "boxes": boxes, **pack(values)}
        for (metric, rule, boxes), values in scores.values.items()
    ]
    return {"curves": curves, "log": run.log(), "manifest": run.manifest}


# What `metrics` and `runs` say already is left out, and names stand once: records are many.
_FIELDS = (
    "method", "dataset", "metric", "statistic", "threshold", "frames", "boxes", "mean", "std",
    "seeds", "clips", "usual_threshold", "usual_frames", "usual_boxes", "lower_is_better",
)  # fmt: skip


def _columns(records: Sequence[Record]) -> dict[str, Any]:
    rows = [[*(getattr(record, name) for name in _FIELDS), interval(record)] for record in records]
    return {"fields": [*_FIELDS, "interval"], "rows": rows}


def _metrics(cells: Sequence[ScoredCell]) -> dict[str, Any]:
    return {name: about for cell in cells for name, about in cell.info["metrics"].items()}


def _of_unfinished(manifest: Mapping[str, Any]) -> dict[str, Any]:
    keys = ("dataset", "method", "seed", "key", "status", "started", "error", "timings")
    return {key: manifest.get(key) for key in keys}


def _tables(records: Sequence[Record]) -> dict[str, Any]:
    """Notes and marked cells of the table under each threshold rule and frame convention."""
    rules = {"usual", *(record.threshold for record in records if record.threshold)}
    conventions = {"usual", *(record.frames for record in records)}
    tables = {}
    for rule in sorted(rules):
        for frames in sorted(conventions):
            shown = [
                record
                for record in records
                if record.usual_boxes
                and (record.usual_threshold if rule == "usual" else record.threshold in ("", rule))
                and (record.usual_frames if frames == "usual" else record.frames == frames)
            ]
            if shown:
                tables[f"{rule}|{frames}"] = _table(make_table(shown))
    return tables


def _table(table: Table) -> dict[str, Any]:
    places = [
        [method, *column, cell.place]
        for method, cells in zip(table.methods, table.cells, strict=True)
        for column, cell in zip(table.columns, cells, strict=True)
        if cell.place
    ]
    return {"notes": [*table.notes, BOLD["significant"]], "places": places}
