"""The scores of every frame: read in bulk, one array per metric and protocol, packed for a page."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfbench.reports.predictions import Predictions
from selfbench.store.scores import read_columns

Floats = NDArray[np.float64]
Protocol = tuple[str, str, str]  # metric, threshold rule, boxes

MISSING = 65535  # stands for NaN among packed values, the largest number of 16 bits
POINTS = 240  # of a training's course, at most: more than a small chart can show


class FrameIndex:
    """The scored frames of one dataset, clip after clip, in the order in which they were scored."""

    def __init__(self) -> None:
        self.clips: dict[str, dict[str, bool]] = {}  # clip -> frame -> is it the first or last one

    def add(self, clips: Iterable[str], frames: Iterable[str], ends: Iterable[bool]) -> None:
        """Take in frames; known ones keep their place."""
        for clip, frame, end in zip(clips, frames, ends, strict=True):
            self.clips.setdefault(clip, {}).setdefault(frame, end)

    def __len__(self) -> int:
        return sum(map(len, self.clips.values()))

    @property
    def places(self) -> list[tuple[str, str]]:
        """(clip, frame) of every position."""
        return [(clip, frame) for clip, frames in self.clips.items() for frame in frames]

    @property
    def spans(self) -> dict[str, slice]:
        """Clip -> its positions."""
        spans, start = {}, 0
        for clip, frames in self.clips.items():
            spans[clip] = slice(start, start + len(frames))
            start += len(frames)
        return spans


@dataclass(frozen=True)
class Scores:
    """The frame scores of one run."""

    values: dict[Protocol, Floats] = field(default_factory=dict)  # (frames,), NaN where not scored
    levels: dict[str, float] = field(default_factory=dict)  # threshold rule -> level


class MetricFile:
    """The scores of one run and metric with their texts as numbers: small, and fast to go through.

    Args:
        folder: of the run.
        metric: its name.
    """

    TEXTS = ("clip", "frame", "threshold", "boxes")

    def __init__(self, folder: Path, metric: str) -> None:
        self.metric = metric
        columns = read_columns(folder, metric, self.TEXTS)
        self.words = {name: columns.names(name) for name in self.TEXTS}
        self.codes = {name: columns.texts[name][0].astype(np.int64) for name in self.TEXTS}
        self.end, self.level, self.value = columns.end, columns.level, columns.value
        clips = np.array([bool(clip) for clip in self.words["clip"]], bool)
        # A row without a clip is about the whole dataset.
        self.is_frame = clips[self.codes["clip"]] if len(clips) else np.zeros(0, bool)

    def add_frames(self, index: FrameIndex) -> None:
        """Name every scored frame to `index`, in time order within a clip."""
        pairs = self.codes["clip"] * max(1, len(self.words["frame"])) + self.codes["frame"]
        rows = np.flatnonzero(self.is_frame)
        first = np.sort(rows[np.unique(pairs[rows], return_index=True)[1]])
        clips, frames = self.words["clip"], self.words["frame"]
        index.add(
            [clips[i] for i in self.codes["clip"][first]],
            [frames[i] for i in self.codes["frame"][first]],
            self.end[first].tolist(),
        )

    def add_scores(self, scores: Scores, index: FrameIndex) -> None:
        """Put one array over the frames of `index` per protocol into `scores`."""
        positions = self._positions(index)
        names = ("threshold", "boxes")
        sizes = tuple(max(1, len(self.words[name])) for name in names)
        groups = np.ravel_multi_index(tuple(self.codes[name] for name in names), sizes)
        for group in np.unique(groups[self.is_frame]):
            rows = np.flatnonzero((groups == group) & self.is_frame)
            rule, boxes = (
                self.words[name][i]
                for name, i in zip(names, np.unravel_index(group, sizes), strict=True)
            )
            places = positions[self.codes["clip"][rows], self.codes["frame"][rows]]
            values = _means(places, self.value[rows], len(index))
            scores.values[self.metric, rule, boxes] = values
            if not np.isnan(self.level[rows[0]]):
                scores.levels.setdefault(rule, float(self.level[rows[0]]))

    def _positions(self, index: FrameIndex) -> NDArray[np.int64]:
        """Return (clips, frames) the position in `index`, by the numbers of the texts."""
        positions = np.full((len(self.words["clip"]), len(self.words["frame"])), -1, np.int64)
        clips, frames = (
            {word: i for i, word in enumerate(self.words[name])} for name in ("clip", "frame")
        )
        for position, (clip, frame) in enumerate(index.places):
            if clip in clips and frame in frames:
                positions[clips[clip], frames[frame]] = position
        return positions


def _means(places: NDArray[np.int64], values: Floats, size: int) -> Floats:
    """The mean of the values at each place (a frame may hold several objects), NaN where none."""
    counts = np.bincount(places, minlength=size)
    sums = np.bincount(places, values, minlength=size)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def pack(values: Floats) -> dict[str, Any]:
    """Return values as text: 16 bits each between the smallest and the largest, base64.

    `MISSING` stands for NaN. The error is below 1e-5 of the span; `unpack` in data.js reads it.
    """
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 0.0)
    scaled = (values - low) / ((high - low) or 1.0) * (MISSING - 1)
    codes = np.where(np.isfinite(values), np.rint(np.nan_to_num(scaled)), MISSING).astype("<u2")
    return {"low": low, "high": high, "codes": base64.b64encode(codes.tobytes()).decode("ascii")}


def read_all(runs: Sequence[Predictions]) -> tuple[dict[str, FrameIndex], list[Scores]]:
    """Return dataset -> its scored frames, and the scores of each run on those of its own."""
    indices: dict[str, FrameIndex] = {}
    files = [[MetricFile(r.stored.folder, info.metric) for info in r.scores] for r in runs]
    for run, metrics in zip(runs, files, strict=True):
        index = indices.setdefault(run.dataset, FrameIndex())
        for file in metrics:
            file.add_frames(index)
    scores = [Scores() for _ in runs]
    for run, metrics, values in zip(runs, files, scores, strict=True):
        for file in metrics:
            file.add_scores(values, indices[run.dataset])
    return indices, scores


def thin(steps: Floats, values: Floats, most: int = POINTS) -> list[list[float]]:
    """Return at most `most` (step, value) pairs of a course: means of equal parts of it."""
    count = max(1, min(len(steps), most))
    parts = zip(np.array_split(steps, count), np.array_split(values, count), strict=True)
    return [[float(s.mean()), float(f"{v.mean():.5g}")] for s, v in parts]
