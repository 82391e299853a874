"""Runs with made-up scores, written as the score stage writes them: they mean nothing.

For benchmarks of what reads many runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from selfbench.contracts import Metric
from selfbench.plugins.registry import Registry
from selfbench.stages.score.cell import score_info
from selfbench.store.cell_folder import Cell, CellStore
from selfbench.store.provenance import now
from selfbench.store.scores import write_scores
from selfbench.store.series import Row

LEVELS = {"best-J": 0.4, "val": 0.45, "0.5": 0.5}  # threshold rule -> what it chose
MASK_METRICS = ("J", "F")

Clips = Mapping[str, Sequence[str]]  # the frames of each clip


def load_metrics(*names: str) -> list[Metric]:
    """Return metrics by name."""
    registry = Registry()
    return [registry.entry("metrics", name).load()() for name in names]


def frame_rows(
    clips: Clips,
    quality: float,
    rng: np.random.Generator,
    box_metrics: Sequence[str],
    own_boxes: bool,
) -> Iterator[Row]:
    """Yield the rows of one run under every threshold rule: J, F and metrics of boxes.

    Args:
        clips: what is scored.
        quality: about the mean J.
        rng: makes clips easy or hard, and frames differ.
        box_metrics: which.
        own_boxes: whether the method gives boxes itself, beside those around its masks.
    """
    for clip, frames in clips.items():
        ease = rng.normal(0, 0.1)
        for frame in frames:
            at = (clip, frame, frame in (frames[0], frames[-1]))
            value = float(np.clip(quality + ease + rng.normal(0, 0.05), 0, 1))
            hit = float(value > 0.5)
            for rule, level in LEVELS.items():
                yield from (Row(*at, metric, rule, level, "", value) for metric in MASK_METRICS)
                yield from (Row(*at, metric, rule, level, "mask", hit) for metric in box_metrics)
            if own_boxes:
                yield from (Row(*at, metric, "", np.nan, "own", hit) for metric in box_metrics)


def write_run(
    results: Path,
    cell: Cell,
    rows: Sequence[Row],
    metrics: Sequence[Metric],
    clips: int,
    **manifest: Any,
) -> Path:
    """Write manifest and scores of a run; return its folder."""
    store = CellStore(cell.folder(results))
    unchanged: dict[str, Any] = {"dataset": {}, "method": {}}
    store.write_manifest(
        {
            "status": "done", "method": cell.method, "dataset": cell.dataset, "key": cell.key,
            "seed": cell.seed, "identity": cell.identity, "changed": unchanged, "supervision": [],
            "started": now(), "timings": {}, **manifest,
        }
    )  # fmt: skip
    for rank, metric in enumerate(metrics):
        own = [row for row in rows if row.metric == metric.name]
        write_scores(store.folder, own, score_info(metric, own, clips, "all", rank, LEVELS))
    return store.folder
