"""Which frames get a picture: worst, median and most disputed ones, then every n-th."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from selfbench.reports.html.curves import Floats

DISPUTED = 3  # frames of a dataset that are shown because methods differ on them
NEIGHBOURS = 4  # disputed frames are at least this part of a clip from each other: 1/4
REGULAR = 8  # evenly spaced frames of a clip


class Mark(NamedTuple):
    """Why a frame is worth looking at."""

    frame: int  # position in the dataset
    kind: str  # worst, median, disputed
    run: int | None  # whose; None: of all


@dataclass
class Choice:
    """The frames with pictures, and of which runs each shows the mask."""

    frames: dict[int, set[int]] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)


def choose_frames(
    values: Floats, methods: Sequence[int], clips: Sequence[slice], budget: int
) -> Choice:
    """Choose what is shown of one dataset.

    Args:
        values: (R, N) score of each run on each frame, more is better, NaN where there is none.
        methods: (R,) which runs are seeds of one method; the first of each stands for it.
        clips: the positions of each clip.
        budget: masks that may be shown over all runs; each method's worst and median frame
            always are.

    Returns:
        Runs are numbered as the lines of `values`.
    """
    first = {method: run for run, method in reversed(list(enumerate(methods)))}
    leaders = sorted(first.values())
    spread = disagreement(values, methods)
    disputed = _disputed(spread, clips)
    extremes = [
        Mark(place, kind, run) for run in leaders for place, kind in _worst_and_median(values[run])
    ]
    choice = Choice(marks=[*extremes, *(Mark(place, "disputed", None) for place in disputed)])
    for place, _, run in extremes:
        choice.frames.setdefault(place, set()).update([run] if run is not None else [])
    places = dict.fromkeys(
        [
            *disputed,
            *(mark.frame for mark in extremes),
            *_regular(clips),
            *_extremes_of_clips(values, clips),
        ]
    )
    left = budget - sum(map(len, choice.frames.values()))
    for runs in leaders, range(len(values)):  # other seeds last
        for place in places:
            missing = set(runs) - choice.frames.get(place, set())
            if len(missing) > left:
                return choice
            if missing:
                choice.frames.setdefault(place, set()).update(missing)
                left -= len(missing)
    return choice


def _worst_and_median(values: Floats) -> list[tuple[int, str]]:
    """The worst frame, and the one that half of the frames are worse than."""
    scored = np.flatnonzero(np.isfinite(values))
    if not len(scored):
        return []
    order = scored[np.argsort(values[scored], kind="stable")]
    return [(int(order[0]), "worst"), (int(order[len(order) // 2]), "median")]


def _disputed(spread: Floats, clips: Sequence[slice]) -> list[int]:
    """The most disputed frames, none near another: neighbours look the same."""
    chosen: list[int] = []
    near = np.zeros(len(spread), bool)
    width = {
        i: max(1, (clip.stop - clip.start) // NEIGHBOURS)
        for clip in clips
        for i in range(clip.start, clip.stop)
    }
    for place in np.argsort(-spread, kind="stable").tolist():
        if len(chosen) == DISPUTED or spread[place] <= 0:
            break
        if not near[place]:
            chosen.append(place)
            near[max(0, place - width[place]) : place + width[place]] = True
    return chosen


def disagreement(values: Floats, methods: Sequence[int]) -> Floats:
    """Return how much methods differ on each frame (N,): the deviation of their seeds' means."""
    lines = []
    for method in dict.fromkeys(methods):
        seeds = values[[i for i, m in enumerate(methods) if m == method]]
        scored = np.isfinite(seeds)
        # Without numpy's warning about frames that nobody scored.
        mean = np.where(scored, seeds, 0).sum(axis=0) / np.maximum(scored.sum(axis=0), 1)
        mean[~scored.any(axis=0)] = np.nan
        lines.append(mean)
    means = np.array(lines)
    return np.where(np.isfinite(means).all(axis=0), np.nan_to_num(means).std(axis=0), 0.0)


def _regular(clips: Sequence[slice]) -> Iterator[int]:
    """Every n-th frame of each clip, coarse before fine: wherever it is cut, it is even."""
    shares = np.linspace(0, 1, REGULAR)
    for share in sorted(shares, key=lambda share: (share not in (0, 1), abs(share - 0.5))):
        for clip in clips:
            yield clip.start + round(share * (clip.stop - clip.start - 1))


def _extremes_of_clips(values: Floats, clips: Sequence[slice]) -> Iterator[int]:
    """The worst and the median frame of each run in each clip."""
    for clip in clips:
        for line in values:
            yield from (clip.start + place for place, _ in _worst_and_median(line[clip]))
