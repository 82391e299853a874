"""Which threshold of the soft masks is best on a set of clips."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import MaskMetric
from selfbench.media.masks import LEVELS
from selfbench.plugins.workers import spread
from selfbench.stages.score.clips import ScoredClip, predicted


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
            curve = metric.curve(truth.mask, predicted(clip, name, truth), truth.void)
            assert curve is not None, f"{metric.name} was chosen because it has a curve"
            curves.append(curve)
    return np.array(curves).reshape(-1, len(LEVELS))
