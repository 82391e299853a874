"""From the rows of one metric to the numbers of a table: per clip, then over clips."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import ClipValue, Metric
from selfbench.store.scores import Summary
from selfbench.store.series import Columns, Row, Series

CONVENTIONS = ("all", "skip-ends")  # which frames of a clip count

ObjectOfClip = tuple[str, str]


def summarise(metric: Metric, rows: Sequence[Row], clips: int) -> Iterator[Summary]:
    """Yield the numbers of one cell under every protocol that its rows allow.

    Args:
        metric: what the rows are of.
        rows: of one cell.
        clips: how many have truth.
    """
    protocols: dict[tuple[str, str], list[Series]] = {}
    for series in Columns.of(rows).series():
        protocols.setdefault((series.threshold, series.boxes), []).append(series)
    for (threshold, boxes), members in protocols.items():
        at_once = any(not series.clip for series in members)
        for frames in CONVENTIONS[:1] if at_once else CONVENTIONS:
            values = {
                (s.clip, s.object): s.values if frames == "all" else s.values[~s.ends]
                for s in members
            }
            values = {where: array for where, array in values.items() if len(array)}
            if not values:
                continue
            count = clips if at_once else len({clip for clip, _ in values})
            for statistic, (value, per_clip) in _average(metric, values).items():
                each = () if at_once else tuple(per_clip)
                level = members[0].level
                yield Summary(statistic, threshold, frames, boxes, value, count, level, each)


def _average(
    metric: Metric, series: Mapping[ObjectOfClip, NDArray[np.float64]]
) -> dict[str, tuple[float, list[ClipValue]]]:
    """Return statistic -> its value, and those of the clips with their weights in it.

    Args:
        metric: what the values are of.
        series: (clip, object) -> values; a clip of several objects counts as often.
    """
    by_frames = metric.average == "frames"
    statistics = {where: metric.summarise(values) for where, values in series.items()}
    pooled = metric.summarise(np.concatenate(list(series.values()))) if by_frames else {}
    averages = {}
    for name in metric.statistics:
        each = [
            ClipValue(
                where[0],
                values[name],
                float(np.isfinite(series[where]).sum()) if by_frames else 1.0,
            )
            for where, values in statistics.items()
        ]
        mean = clip_mean(each) if by_frames else float(np.mean([one.value for one in each]))
        value = pooled[name] if by_frames else mean
        averages[name] = (value, _by_clip(each) if np.isclose(value, mean, rtol=1e-9) else [])
    return averages


def _by_clip(each: Sequence[ClipValue]) -> list[ClipValue]:
    """Join what the objects of a clip contribute."""
    clips: dict[str, list[ClipValue]] = {}
    for one in each:
        clips.setdefault(one.clip, []).append(one)
    return [
        objects[0]
        if len(objects) == 1
        else ClipValue(clip, clip_mean(objects), sum(one.weight for one in objects))
        for clip, objects in clips.items()
    ]


def clip_mean(per_clip: Sequence[ClipValue]) -> float:
    """Return the weighted mean of the clips' values; NaN where no clip counts."""
    weights = np.array([one.weight for one in per_clip])
    values = np.array([one.value for one in per_clip])
    total = weights.sum()
    return float(weights @ np.where(weights > 0, values, 0.0) / total) if total else float("nan")
