"""Scoring one cell: metric by metric, what is missing or stale."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from selfbench.contracts import Dataset, DetectionMetric, MaskMetric, Metric, ScoredBoxes
from selfbench.contracts.metrics import CurveMetric
from selfbench.stages.score.clips import ScoredClip, annotated
from selfbench.stages.score.frames import score_clips
from selfbench.stages.score.levels import choose_level
from selfbench.stages.score.metrics import MetricSet
from selfbench.stages.score.summaries import summarise
from selfbench.store.cell_folder import CellStore
from selfbench.store.scores import ScoreInfo, read_info, read_infos, write_scores
from selfbench.store.series import Row


def score_cell(folder: Path, dataset: Dataset, metrics: MetricSet, workers: int) -> bool:
    """Write the scores of one finished cell that are missing or stale; others are left alone.

    Args:
        folder: of the cell.
        dataset: with the truth.
        metrics: what to compute.
        workers: processes.

    Returns:
        Whether anything was computed; False too for a dataset without truth.
    """
    truth = dataset.truth_fingerprint()
    stale = [
        loaded
        for loaded in metrics.chosen
        if (info := read_info(folder, loaded.metric.name)) is None
        or info.key != metrics.key(loaded, truth)
    ]
    if not stale:
        return False
    store = CellStore(folder)
    test = _scored_clips(store, dataset, dataset.test_split)
    if not test:
        return False
    levels_key = metrics.levels_key(truth)
    levels = _stored_levels(folder, levels_key)
    if levels is None:
        levels = _choose_levels(metrics.selector, store, dataset, test, workers)
    rows = score_clips(test, [loaded.metric for loaded in stale], levels, workers)
    for loaded in stale:
        metric = loaded.metric
        own = [row for row in rows if row.metric == metric.name]
        info = score_info(
            metric, own, len(test), dataset.frames, metrics.rank(metric.name), levels,
            metrics.key(loaded, truth), levels_key,
        )  # fmt: skip
        write_scores(folder, own, info)
    return True


def score_info(
    metric: Metric,
    rows: Sequence[Row],
    clips: int,
    frames: str,
    rank: int,
    levels: dict[str, float],
    key: str = "",
    levels_key: str = "",
) -> ScoreInfo:
    """Return what a table must know of the rows of one metric; see `ScoreInfo`."""
    return ScoreInfo(
        metric=metric.name,
        key=key,
        rank=rank,
        clips=clips,
        frames=frames,
        lower_is_better=metric.lower_is_better,
        protocol=metric.protocol,
        per_frame=not isinstance(metric, (DetectionMetric, CurveMetric)),
        levels=levels,
        levels_key=levels_key,
        summaries=tuple(summarise(metric, rows, clips)),
    )


def _stored_levels(folder: Path, levels_key: str) -> dict[str, float] | None:
    """Return the thresholds that were chosen for another metric, if they still hold."""
    infos = read_infos(folder)
    return next((info.levels for info in infos if info.levels_key == levels_key), None)


def _choose_levels(
    selector: MaskMetric | None,
    store: CellStore,
    dataset: Dataset,
    test: Sequence[ScoredClip],
    workers: int,
) -> dict[str, float]:
    """Return threshold rule -> the level it chooses."""
    levels = {"0.5": 0.5}
    if selector is None:
        return levels
    best = choose_level(selector, test, workers)
    if best is not None:
        levels[f"best-{selector.name}"] = best
    if dataset.validation_split:
        validation = _scored_clips(store, dataset, dataset.validation_split)
        chosen = choose_level(selector, validation, workers)
        if chosen is not None:
            levels["val"] = chosen
    return levels


def _scored_clips(store: CellStore, dataset: Dataset, split: str) -> list[ScoredClip]:
    truth = dataset.truth(split)
    own: dict[str, dict[str, ScoredBoxes]] = {}
    for (name, frame), boxes in store.boxes().items():
        own.setdefault(name, {})[frame] = boxes
    return annotated(
        ScoredClip(
            clip.name,
            clip.frames.names,
            truth.get(clip.name, {}),
            store.masks / clip.name,
            own.get(clip.name, {}) if own else None,
            objects=store.objects / clip.name,
        )
        for clip in dataset.clips(split)
    )
