"""The report `html`: gathers runs, scores and pictures, and hands them to the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import selfbench
from selfbench.contracts import Material, Record, Report, StoredRun
from selfbench.reports.checks import require_scores
from selfbench.reports.html.curves import FrameIndex, Scores, pack, read_all
from selfbench.reports.html.gallery import Gallery, make_gallery
from selfbench.reports.html.page import render_page
from selfbench.reports.html.runs import read_courses, usual_protocol
from selfbench.reports.html.tables import all_tables
from selfbench.reports.predictions import Predictions
from selfbench.stages.report.statistics import interval
from selfbench.store.provenance import now

MASKS = 1000  # shown in all; keeps a page of many runs at a few megabytes and seconds
FILE = "report.html"
FINISHED = ("done", "evaluated")  # states of a run that has only to be scored

Blocks = dict[str, Any]  # what the page loads when it is needed, by name


class HtmlReport(Report):
    """A page to browse: leaderboard, clips, frames under a threshold slider, trainings, runs."""

    name = "html"
    one_protocol = False

    def render(self, material: Material) -> Mapping[str, str | bytes]:
        """Return the page: one file, without anything to load from elsewhere.

        Raises:
            DataError: if there are no scores.
        """
        require_scores(material.records)
        runs = [run for run in map(Predictions, material.runs) if run.scores]
        datasets = list(dict.fromkeys(run.dataset for run in runs))
        indices, scores = read_all(runs)
        galleries: dict[str, Gallery] = {}
        for name in datasets:
            members = {n: run for n, run in enumerate(runs) if run.dataset == name}
            budget = MASKS * len(members) // len(runs)
            frame_scores = {n: scores[n] for n in members}
            galleries[name] = make_gallery(
                members, frame_scores, indices[name], material.open_dataset, budget
            )
        blocks: Blocks = {f"run-{n}": _run_block(run, scores[n]) for n, run in enumerate(runs)}
        for d, name in enumerate(datasets):
            for c, clip in enumerate(indices[name].clips):
                blocks[f"clip-{d}-{c}"] = galleries[name].clips.get(clip, [])
        unfinished = [r for r in material.unfinished if r.manifest.get("status") not in FINISHED]
        index = {
            "made": now(),
            "version": selfbench.__version__,
            "datasets": [_dataset_entry(name, indices[name], galleries[name]) for name in datasets],
            "runs": [_run_entry(run, scores[n]) for n, run in enumerate(runs)],
            "records": _columns(material.records),
            "metrics": _metrics(runs),
            "tables": all_tables(material.records),
            "unfinished": [_unfinished_entry(run) for run in unfinished],
        }
        return {FILE: render_page({"index": index, **blocks})}


def _dataset_entry(name: str, index: FrameIndex, gallery: Gallery) -> dict[str, Any]:
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


def _run_entry(run: Predictions, scores: Scores) -> dict[str, Any]:
    manifest = run.manifest
    keys = (
        "key", "seed", "status", "started", "timings", "peak_memory_mb",
        "supervision", "sees", "ours",
    )  # fmt: skip
    environment = manifest.get("environment", {})
    return {
        "dataset": run.dataset,
        "method": run.method,
        "levels": scores.levels,
        "protocol": usual_protocol(run, scores),
        "device": environment.get("device"),
        "git": environment.get("git"),
        **{key: manifest.get(key) for key in keys},
    }


def _run_block(run: Predictions, scores: Scores) -> dict[str, Any]:
    curves = [
        {"metric": metric, "threshold": rule, "boxes": boxes, **pack(values)}
        for (metric, rule, boxes), values in scores.values.items()
    ]
    return {"curves": curves, "log": read_courses(run.stored.folder), "manifest": run.manifest}


# What `metrics` and `runs` say already is left out, and names stand once: records are many.
_FIELDS = (
    "method", "dataset", "metric", "statistic", "threshold", "frames", "boxes", "mean", "std",
    "seeds", "clips", "usual_threshold", "usual_frames", "usual_boxes", "lower_is_better",
)  # fmt: skip


def _columns(records: Sequence[Record]) -> dict[str, Any]:
    rows = [[*(getattr(record, name) for name in _FIELDS), interval(record)] for record in records]
    return {"fields": [*_FIELDS, "interval"], "rows": rows}


def _metrics(runs: Sequence[Predictions]) -> dict[str, Any]:
    return {
        info.metric: {
            "lower_is_better": info.lower_is_better,
            "protocol": info.protocol,
            "per_frame": info.per_frame,
        }
        for run in runs
        for info in run.scores
    }


def _unfinished_entry(run: StoredRun) -> dict[str, Any]:
    keys = ("dataset", "method", "seed", "key", "status", "started", "error", "timings")
    return {key: run.manifest.get(key) for key in keys}
