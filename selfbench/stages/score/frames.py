"""The score stage: one row per frame, metric and protocol. The only stage that sees the truth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import (
    Boxes,
    BoxMetric,
    ClipFrame,
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
from selfbench.errors import DataError
from selfbench.media.boxes import largest_component, tight_box
from selfbench.media.masks import read_labels, read_soft_mask
from selfbench.media.thresholds import LEVELS, binarise
from selfbench.plugins.workers import spread
from selfbench.store.series import Row

CHUNK = 32  # frames per task: small enough to balance two workers, large enough to amortise

LABELS = "labels"  # the threshold rule of masks that are labels already: above zero


@dataclass(frozen=True)
class ScoredClip:
    """The truth and the predictions of one clip."""

    name: str
    frames: Sequence[str]  # all of its frames in time order, annotated or not
    truth: Mapping[str, Truth]
    masks: Path  # folder of its predicted masks
    boxes: Mapping[str, ScoredBoxes] | None = None  # the method's own, by frame; None: it has none
    read: Callable[[Path], NDArray[np.uint8]] = read_soft_mask  # what the mask files hold
    objects: Path | None = None  # folder of the labels of its objects; None: the mask is one object

    def chunks(self) -> Iterator[ScoredClip]:
        """Yield parts of at most `CHUNK` annotated frames; `frames` stays whole."""
        known = set(self.truth)  # asking the truth itself whether it has a frame would load it
        names = [name for name in self.frames if name in known]
        for start in range(0, len(names), CHUNK):
            part = names[start : start + CHUNK]
            yield replace(self, truth=Part(self.truth, part))


class Part(Mapping[str, Truth]):
    """Some frames of a truth, still loaded only when asked for."""

    def __init__(self, whole: Mapping[str, Truth], names: Sequence[str]) -> None:
        self.whole, self.names = whole, names

    def __getitem__(self, name: str) -> Truth:
        return self.whole[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


def annotated(clips: Iterable[ScoredClip]) -> list[ScoredClip]:
    """Return the clips that have any truth."""
    return [clip for clip in clips if len(clip.truth)]


def choose_level(metric: MaskMetric, clips: Sequence[ScoredClip], workers: int) -> float | None:
    """Return the threshold of `LEVELS` with the best mean of `metric`; the lowest wins a tie.

    The mean is over all annotated frames, ends included, or over the clips' means over them: as
    the metric itself averages. None if no frame has a true mask, where only boxes are known.
    """
    tasks = [(metric, chunk) for clip in clips for chunk in clip.chunks()]
    curves: dict[str, list[NDArray[np.float64]]] = {}
    for (_, chunk), part in zip(tasks, spread(_curves, tasks, workers), strict=True):
        if len(part):
            curves.setdefault(chunk.name, []).append(part)
    if not curves:
        return None
    clips_curves = [np.concatenate(parts) for parts in curves.values()]
    if metric.average == "frames":
        clips_curves = [np.concatenate(clips_curves)]
    mean = np.mean([of_clip.mean(axis=0) for of_clip in clips_curves], axis=0)
    best = np.argmin(mean) if "mean" in metric.lower_is_better else np.argmax(mean)
    return LEVELS[int(best)]


def _curves(task: tuple[MaskMetric, ScoredClip]) -> NDArray[np.float64]:
    metric, clip = task
    curves = []
    for name, truth in clip.truth.items():
        if truth.mask is not None:
            curve = metric.curve(truth.mask, _soft(clip, name, truth), truth.void)
            assert curve is not None, f"{metric.name} was chosen because it has a curve"
            curves.append(curve)
    return np.array(curves).reshape(-1, len(LEVELS))


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
    found = Scored()
    for part in spread(_score_chunk, tasks, workers):
        found.add(part)
    rows = found.rows
    for metric in of_frames:
        if isinstance(metric, DetectionMetric):
            for (rule, boxes), frames in found.detections.items():
                level = levels.get(rule, np.nan)
                value = metric.dataset(frames)
                rows.append(Row("", "", False, metric.name, rule, level, boxes, value))
        if isinstance(metric, CurveMetric) and metric.name in found.curves:
            total, count = found.curves[metric.name]
            value = metric.value(total / count)
            rows.append(Row("", "", False, metric.name, "", np.nan, "", value))
    whole = [(clip, of_clips, levels) for clip in clips if of_clips]
    for clip_rows in spread(_score_clip, whole, workers):
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
        """Take in what was found in further frames."""
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
        soft = _soft(clip, name, truth)
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


def _score_clip(task: tuple[ScoredClip, Sequence[ClipMetric], Mapping[str, float]]) -> list[Row]:
    clip, metrics, levels = task
    has_objects = clip.objects is not None and clip.objects.is_dir()
    by_mask = [m for m in metrics if not (m.of_objects and has_objects)]
    jobs = [(rule, level, by_mask, False) for rule, level in levels.items() if by_mask]
    if len(by_mask) < len(metrics):
        jobs.append(("", np.nan, [m for m in metrics if m not in by_mask], True))
    rows = []
    for rule, level, chosen, own_objects in jobs:
        frames = ClipFrames(clip, None if own_objects else level)
        for metric in chosen:
            try:
                series = metric.clip(frames)
            except DataError as error:
                raise DataError(f"{metric.name} of the clip '{clip.name}': {error}") from error
            for thing, values in series.items():
                for frame, value in zip(frames.names, values, strict=True):
                    if not np.isnan(value):
                        end = frame in (clip.frames[0], clip.frames[-1])
                        about = clip.name, frame, end, metric.name, rule, level, ""
                        rows.append(Row(*about, float(value), thing))
    return rows


class ClipFrames(Sequence[ClipFrame]):
    """The annotated frames of a clip for a `ClipMetric`; nothing of them is kept."""

    def __init__(self, clip: ScoredClip, level: float | None) -> None:
        """Take the threshold of the masks, or None for the method's own objects."""
        self.clip, self.level = clip, level
        known = set(clip.truth)
        self.indices = [i for i, name in enumerate(clip.frames) if name in known]
        self.names = [clip.frames[i] for i in self.indices]

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, index: Any, /) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        name = self.names[index]
        truth = self.clip.truth[name]
        if self.level is None:
            objects = _soft(self.clip, name, truth, self.clip.objects)
        else:
            objects = binarise(_soft(self.clip, name, truth), self.level).view(np.uint8)
        return ClipFrame(self.indices[index], truth, objects)


def _soft(
    clip: ScoredClip, name: str, truth: Truth, labels: Path | None = None
) -> NDArray[np.uint8]:
    """Read the mask of a frame, or its objects from the folder `labels`."""
    path = (labels or clip.masks) / f"{name}.png"
    soft = read_labels(path) if labels else clip.read(path)
    if truth.mask is not None and soft.shape != truth.mask.shape:
        raise DataError(
            f"{path} is {soft.shape[1]}x{soft.shape[0]} pixels, but the truth of this frame is "
            f"{truth.mask.shape[1]}x{truth.mask.shape[0]}; masks must have the frame's size."
        )
    return soft


def _true_boxes(truth: Truth, shape: tuple[int, ...]) -> Boxes:
    """Return the true boxes, cut at the border of the image: annotators drew beyond it."""
    if truth.boxes is not None:
        return np.clip(truth.boxes, 0, [shape[1], shape[0], shape[1], shape[0]])
    return no_boxes() if truth.mask is None else tight_box(truth.mask)
