"""Scoring frame by frame: one row per frame, metric and protocol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import (
    LABELS,
    Boxes,
    BoxMetric,
    ClipMetric,
    CurveMetric,
    DetectionMetric,
    MaskMetric,
    Metric,
    ScoredBoxes,
    SoftMetric,
    Truth,
    no_boxes,
    no_scored_boxes,
)
from selfbench.contracts.bitmask import BitMask
from selfbench.media.boxes import largest_component, tight_box
from selfbench.media.masks import binarise
from selfbench.plugins.workers import spread
from selfbench.stages.score.clips import ScoredClip, predicted
from selfbench.stages.score.objects import score_clip
from selfbench.store.series import Row


def score_clips(
    clips: Sequence[ScoredClip],
    metrics: Sequence[Metric],
    levels: Mapping[str, float],
    workers: int,
) -> list[Row]:
    """Score every annotated frame under every threshold rule.

    Args:
        clips: those with truth.
        metrics: what to compute.
        levels: threshold rule -> the level it chose.
        workers: processes.
    """
    of_clips = [m for m in metrics if isinstance(m, ClipMetric)]
    of_frames = [m for m in metrics if not isinstance(m, ClipMetric)]
    tasks = [(chunk, of_frames, levels) for clip in clips if of_frames for chunk in clip.chunks()]
    scored = Scored()
    for part in spread(_score_chunk, tasks, workers):
        scored.add(part)
    rows = scored.rows
    for metric in of_frames:
        if isinstance(metric, DetectionMetric):
            for (rule, boxes), frames in scored.detections.items():
                level = levels.get(rule, np.nan)
                value = metric.dataset(frames)
                rows.append(Row("", "", False, metric.name, rule, level, boxes, value))
        if isinstance(metric, CurveMetric) and metric.name in scored.curves:
            total, count = scored.curves[metric.name]
            value = metric.value(total / count)
            rows.append(Row("", "", False, metric.name, "", np.nan, "", value))
    whole = [(clip, of_clips, levels) for clip in clips if of_clips]
    for clip_rows in spread(score_clip, whole, workers):
        rows += clip_rows
    order = {metric.name: i for i, metric in enumerate(metrics)}  # as they were asked for
    return sorted(rows, key=lambda row: order[row.metric])


@dataclass
class Scored:
    """What the frames of some clips give: rows, and what metrics of the whole dataset need."""

    rows: list[Row] = field(default_factory=list)
    # (threshold rule, whose boxes) -> true boxes, boxes and scores of each frame
    detections: dict[tuple[str, str], list[tuple[Boxes, Boxes, NDArray[np.float64]]]] = field(
        default_factory=dict
    )
    # Metric -> sum of its curves, how many
    curves: dict[str, tuple[NDArray[np.float64], int]] = field(default_factory=dict)

    def add(self, other: Scored) -> None:
        """Take in the scores of further frames."""
        self.rows += other.rows
        for where, frames in other.detections.items():
            self.detections.setdefault(where, []).extend(frames)
        for name, (total, count) in other.curves.items():
            self.add_curve(name, total, count)

    def add_curve(self, name: str, curve: NDArray[np.float64], count: int = 1) -> None:
        """Add the curve, or the sum of `count` curves, of the metric `name`."""
        total, so_far = self.curves.get(name, (0.0, 0))
        self.curves[name] = total + curve, so_far + count


def _score_chunk(task: tuple[ScoredClip, Sequence[Metric], Mapping[str, float]]) -> Scored:
    clip, metrics, levels = task
    of_masks = [m for m in metrics if isinstance(m, MaskMetric)]
    of_soft = [m for m in metrics if isinstance(m, (SoftMetric, CurveMetric))]
    of_boxes = [m for m in metrics if isinstance(m, BoxMetric)]
    wants_boxes = len(of_masks) + len(of_soft) < len(metrics)
    ends = {clip.frames[0], clip.frames[-1]}
    scored = Scored()
    rows, detections = scored.rows, scored.detections
    for name, truth in clip.truth.items():
        end = name in ends

        def add(metric: Metric, rule: str, boxes: str, value: float | None) -> None:
            if value is not None:
                level = levels.get(rule, np.nan)
                rows.append(Row(clip.name, name, end, metric.name, rule, level, boxes, value))  # noqa: B023

        truth_mask = None if truth.mask is None else BitMask.pack(truth.mask)
        void = None if truth.void is None else BitMask.pack(truth.void)
        proposals: dict[tuple[str, str], ScoredBoxes] = {}
        if wants_boxes and clip.boxes is not None:
            proposals["", "own"] = clip.boxes.get(name, no_scored_boxes())
        soft = predicted(clip, name, truth)
        true_boxes = _true_boxes(truth, soft.shape) if wants_boxes else no_boxes()
        if truth.mask is not None and of_soft:
            certain = np.where(soft > 0, np.uint8(255), np.uint8(0)) if LABELS in levels else soft
            for soft_metric in of_soft:
                if isinstance(soft_metric, SoftMetric):
                    add(soft_metric, "", "", soft_metric.frame(truth.mask, certain, truth.void))
                else:
                    curve = soft_metric.curve(truth.mask, certain, truth.void)
                    scored.add_curve(soft_metric.name, curve)
        for rule, level in levels.items() if of_masks or wants_boxes else ():
            mask = binarise(soft, level)
            if truth_mask is not None and of_masks:
                packed = BitMask.pack(mask)
                for mask_metric in of_masks:
                    add(mask_metric, rule, "", mask_metric.frame(truth_mask, packed, void))
            if wants_boxes:
                proposals[rule, "mask"] = largest_component(mask, soft)
        for (rule, kind), (boxes, scores) in proposals.items():
            detections.setdefault((rule, kind), []).append((true_boxes, boxes, scores))
            for box_metric in of_boxes:
                add(box_metric, rule, kind, box_metric.frame(true_boxes, boxes, scores))
    return scored


def _true_boxes(truth: Truth, shape: tuple[int, ...]) -> Boxes:
    """Return the true boxes, cut at the border of the image: annotators drew beyond it."""
    if truth.boxes is not None:
        return np.clip(truth.boxes, 0, [shape[1], shape[0], shape[1], shape[0]])
    return no_boxes() if truth.mask is None else tight_box(truth.mask)
