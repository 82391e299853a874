"""Material for reports: records made up, and runs of the toy dataset written by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from selfbench.contracts import (
    ClipValue,
    Marks,
    Material,
    Record,
    ScoredBoxes,
    StoredRun,
    Where,
    no_scored_boxes,
)
from selfbench.media.masks import encode_mask
from selfbench.media.thresholds import binarise
from selfbench.store.cell_folder import CellStore, StoredFrame
from selfbench.store.scores import ScoreInfo, Summary, write_scores
from selfbench.store.series import Row
from tests.toy import FRAMES, HEIGHT, WIDTH, Toy, square

LEVELS = {"0.5": 0.5, "best-J": 0.35, "val": 0.45}
PROTOCOL = "what {} means"

# Values of six clips, the fewest with which a lead can be larger than chance.
GOOD, POOR = [0.8, 0.7, 0.9, 0.8, 0.7, 0.9], [0.5, 0.4, 0.6, 0.5, 0.4, 0.6]


def record(method, dataset="d", metric="J", mean=0.5, **more) -> Record:
    values = dict(
        method=method, dataset=dataset, metric=metric, statistic="mean", threshold="best-J",
        frames="all", boxes="", mean=mean, std=None, seeds=(0,), clips=2, keys=("k",),
        levels=(0.5,), usual_threshold=True, usual_frames=True, usual_boxes=True,
        lower_is_better=False, protocol=PROTOCOL.format(metric),
    )  # fmt: skip
    return Record(**(values | more))


def clips_record(method, values, dataset="d", metric="J", seeds=(0,), **more) -> Record:
    """A record with a value per clip, as the store gives it."""
    clips = tuple(ClipValue(f"c{i}", v, 1.0) for i, v in enumerate(values))
    more = {
        "std": 0.01 if len(seeds) > 1 else None,
        "supervision": (),
        "version": "0a1b2c3d",
    } | more
    return record(
        method, dataset, metric, mean=float(np.mean(values)), per_clip=clips, seeds=seeds,
        **({"clips": len(values), "runs": tuple(f"{dataset}/m/k/seed-{s}" for s in seeds)} | more),
    )  # fmt: skip


def material(records: Sequence[Record] = (), **more) -> Material:
    values = dict(
        records=records, chosen=records, runs=(), unfinished=(), open_dataset=open_toy,
        draw_marks=no_marks,
    )  # fmt: skip
    return Material(**(values | more))


def no_marks(run, clip) -> list[Marks]:
    return []


def open_toy(run: StoredRun) -> Toy:
    clips = run.manifest.get("dataset_params", {}).get("clips", 2)
    return Toy(Toy.Params(clips=clips), Where(None, run.folder))


def soft_square(frame: int, brightness: int = 120) -> np.ndarray:
    """A soft mask of the toy's square, and weakly of the pixels left of it."""
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[6:16, : 3 * frame] = brightness // 2
    mask[square(frame)] = brightness
    return mask


def store_run(
    results: Path,
    method: str = "bright",
    seed: int = 0,
    mask: Callable[[int], np.ndarray] = soft_square,
    boxes: ScoredBoxes | None = None,
    metrics: Sequence[str] = ("J", "F"),
    levels: dict[str, float] = LEVELS,
    dataset: str = "toy",
    clips: int = 2,
    **manifest: Any,
) -> StoredRun:
    """Write a finished run on the toy dataset: its masks, boxes, manifest and scores.

    Args:
        mask: number of a frame -> its soft mask, the same in every clip.
        boxes: the method's own, the same in every frame.
        metrics: that it is scored with; they all have the values of J.
        manifest: what is different in its manifest.
    """
    folder = results / "toy" / method / "0123456789ab" / f"seed-{seed}"
    store = CellStore(folder)
    names = [f"test-{i}" for i in range(clips)]
    for clip in names:
        frames = [(f"{i:05d}", encode_mask(mask(i))) for i in range(FRAMES)]
        store.write_clip(clip, [StoredFrame(n, m, boxes or no_scored_boxes()) for n, m in frames])
    written = {
        "status": "done", "method": method, "dataset": "toy", "key": "0123456789ab", "seed": seed,
        "test_split": "test", "identity": {"frames": f"toy-{clips}"}, "started": "2026-11-01",
        "changed": {"method": {}, "dataset": {}}, "params": {}, "dataset_params": {"clips": clips},
    } | manifest  # fmt: skip
    store.write_manifest(written)
    for rank, metric in enumerate(metrics):
        rows = score_rows(names, mask, levels)
        write_scores(folder, rows, score_info(metric, rank, levels))
    return StoredRun(folder, written, dataset, method)


def score_rows(clips: Sequence[str], mask: Callable[[int], np.ndarray], levels) -> list[Row]:
    return [
        Row(
            clip, f"{i:05d}", i in (0, FRAMES - 1), "J", rule, level, "", overlap(mask(i), i, level)
        )
        for rule, level in levels.items()
        for clip in clips
        for i in range(FRAMES)
    ]


def overlap(mask: np.ndarray, frame: int, level: float) -> float:
    predicted = binarise(mask, level)
    return float((predicted & square(frame)).sum() / (predicted | square(frame)).sum())


def score_info(metric: str, rank: int = 0, levels=LEVELS, **more) -> ScoreInfo:
    summaries = tuple(Summary("mean", rule, "all", "", 0.5, 2, x, ()) for rule, x in levels.items())
    values = dict(
        metric=metric, key="k", rank=rank, clips=2, frames="all", lower_is_better=("decay",),
        protocol=PROTOCOL.format(metric), per_frame=True, levels=levels, levels_key="l",
        summaries=summaries,
    )  # fmt: skip
    return ScoreInfo(**(values | more))
