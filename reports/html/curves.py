"""The scores of every frame: read in bulk, one array per metric and protocol, packed for a page."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfbench.stages.score.cells import read_columns

Floats = NDArray[np.float64]
Protocol = tuple[str, str, str]  # metric, threshold rule, boxes

MISSING = 65535


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


class ScoreFile:
    """`scores.parquet` of one run with its texts as numbers, which makes it small and fast."""

    TEXTS = ("clip", "frame", "metric", "threshold", "boxes")

    def __init__(self, folder: Path) -> None:
        columns, _ = read_columns(folder, self.TEXTS)
        assert columns is not None, "a scored cell has scores"
        self.words = {name: columns.names(name) for name in self.TEXTS}
        self.codes = {name: columns.texts[name][0].astype(np.int64) for name in self.TEXTS}
        self.end, self.level, self.value = columns.end, columns.level, columns.value
        clips = np.array([bool(clip) for clip in self.words["clip"]], bool)
        # A row without a clip is about the whole dataset.
        self.of_frames = clips[self.codes["clip"]] if len(clips) else np.zeros(0, bool)

    def add_frames(self, index: FrameIndex) -> None:
        """Name every scored frame to `index`, in time order within a clip."""
        pairs = self.codes["clip"] * max(1, len(self.words["frame"])) + self.codes["frame"]
        rows = np.flatnonzero(self.of_frames)
        first = np.sort(rows[np.unique(pairs[rows], return_index=True)[1]])
        clips, frames = self.words["clip"], self.words["frame"]
        index.add(
            [clips[i] for i in self.codes["clip"][first]],
            [frames[i] for i in self.codes["frame"][first]],
            self.end[first].tolist(),
        )

    def scores(self, index: FrameIndex) -> Scores:
        """Return one array over the frames of `index` per metric and protocol."""
        where = np.full((len(self.words["clip"]), len(self.words["frame"])), -1)
        known = [{w: i for i, w in enumerate(self.words[name])} for name in ("clip", "frame")]
        for position, (clip, frame) in enumerate(index.places):
            if clip in known[0] and frame in known[1]:
                where[known[0][clip], known[1][frame]] = position
        names = ("metric", "threshold", "boxes")
        sizes = tuple(max(1, len(self.words[name])) for name in names)
        groups = np.ravel_multi_index(tuple(self.codes[name] for name in names), sizes)
        found = Scores()
        for group in np.unique(groups[self.of_frames]):
            rows = np.flatnonzero((groups == group) & self.of_frames)
            metric, rule, boxes = (
                self.words[name][i]
                for name, i in zip(names, np.unravel_index(group, sizes), strict=True)
            )
            places = where[self.codes["clip"][rows], self.codes["frame"][rows]]
            found.values[metric, rule, boxes] = _means(places, self.value[rows], len(index))
            if not np.isnan(self.level[rows[0]]):
                found.levels[rule] = float(self.level[rows[0]])
        return found


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


def read_all(
    folders: Mapping[int, Path], datasets: Mapping[int, str]
) -> tuple[dict[str, FrameIndex], dict[int, Scores]]:
    """Read the scores of many runs.

    Args:
        folders: run number -> folder.
        datasets: run number -> name of its dataset.

    Returns:
        Dataset -> its frames, and run number -> its scores on them.
    """
    files = {run: ScoreFile(folder) for run, folder in folders.items()}
    indices: dict[str, FrameIndex] = {}
    for run, file in files.items():
        file.add_frames(indices.setdefault(datasets[run], FrameIndex()))
    return indices, {run: file.scores(indices[datasets[run]]) for run, file in files.items()}


def thin(steps: Floats, values: Floats, most: int = 240) -> list[list[float]]:
    """Return at most `most` (step, value) pairs of a course: means of equal parts of it."""
    count = max(1, min(len(steps), most))
    parts = zip(np.array_split(steps, count), np.array_split(values, count), strict=True)
    return [[float(s.mean()), float(f"{v.mean():.5g}")] for s, v in parts]
