"""Which frames get a picture: worst, median and most disputed ones, then every n-th."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from selfbench.reports.html.curves import Floats

DISPUTED = 3  # frames of a dataset
REGULAR = 8  # frames of a clip


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
    disputed = _apart(spread, clips)
    own = [Mark(place, kind, run) for run in leaders for place, kind in _own(values[run])]
    choice = Choice(marks=[*own, *(Mark(place, "disputed", None) for place in disputed)])
    for place, _, run in own:
        choice.frames.setdefault(place, set()).update([run] if run is not None else [])
    places = dict.fromkeys(
        [*disputed, *(mark.frame for mark in own), *_regular(clips), *_of_clips(values, clips)]
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


def _own(values: Floats) -> list[tuple[int, str]]:
    """The worst frame, and the one that half of the frames are worse than."""
    known = np.flatnonzero(np.isfinite(values))
    if not len(known):
        return []
    order = known[np.argsort(values[known], kind="stable")]
    return [(int(order[0]), "worst"), (int(order[len(order) // 2]), "median")]


def _apart(spread: Floats, clips: Sequence[slice]) -> list[int]:
    """The most disputed frames, none near another: neighbours look the same."""
    found: list[int] = []
    near = np.zeros(len(spread), bool)
    width = {i: max(1, (c.stop - c.start) // 4) for c in clips for i in range(c.start, c.stop)}
    for place in np.argsort(-spread, kind="stable").tolist():
        if len(found) == DISPUTED or spread[place] <= 0:
            break
        if not near[place]:
            found.append(place)
            near[max(0, place - width[place]) : place + width[place]] = True
    return found


def disagreement(values: Floats, methods: Sequence[int]) -> Floats:
    """Return how much methods differ on each frame (N,): the deviation of their seeds' means."""
    lines = []
    for method in dict.fromkeys(methods):
        of = values[[i for i, m in enumerate(methods) if m == method]]
        known = np.isfinite(of)
        # Without numpy's warning about frames that nobody scored.
        lines.append(np.where(known, of, 0).sum(axis=0) / np.where(known.any(0), known.sum(0), 1))
        lines[-1][~known.any(axis=0)] = np.nan
    means = np.array(lines)
    return np.where(np.isfinite(means).all(axis=0), np.nan_to_num(means).std(axis=0), 0.0)


def _regular(clips: Sequence[slice]) -> Iterator[int]:
    """Every n-th frame of each clip, coarse before fine: wherever it is cut, it is even."""
    shares = np.linspace(0, 1, REGULAR)
    for share in sorted(shares, key=lambda share: (share not in (0, 1), abs(share - 0.5))):
        for clip in clips:
            yield clip.start + round(share * (clip.stop - clip.start - 1))


def _of_clips(values: Floats, clips: Sequence[slice]) -> Iterator[int]:
    """The worst and the median frame of each run in each clip."""
    for clip in clips:
        for line in values:
            yield from (clip.start + place for place, _ in _own(line[clip]))
