"""Scoring clips whole: metrics that follow objects or change through a clip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from selfbench.contracts import ClipFrame, ClipMetric
from selfbench.errors import DataError
from selfbench.media.masks import binarise
from selfbench.stages.score.clips import ScoredClip, predicted
from selfbench.store.series import Row


def score_clip(task: tuple[ScoredClip, Sequence[ClipMetric], Mapping[str, float]]) -> list[Row]:
    """Return the rows of one clip: (clip, metrics, threshold rule -> level)."""
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
            objects = predicted(self.clip, name, truth, self.clip.objects)
        else:
            objects = binarise(predicted(self.clip, name, truth), self.level).view(np.uint8)
        return ClipFrame(self.indices[index], truth, objects)
