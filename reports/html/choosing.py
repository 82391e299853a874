"""Which frames get a picture: worst, median and most disputed ones, then every n-th."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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
        methods: (R,) which runs are seeds of one method.
        clips: the positions of each clip.
        budget: masks that may be shown over all runs; each run's worst and median frame always are.

    Returns:
        Runs are numbered as the lines of `values`.
    """
    everyone = range(len(values))
    choice = Choice()
    own = [mark for run in everyone for mark in _own(values[run], run)]
    for mark in own:
        choice.frames.setdefault(mark.frame, set()).add(mark.run or 0)
    spread = disagreement(values, methods)
    top = [int(i) for i in np.argsort(-spread, kind="stable")[:DISPUTED] if spread[i] > 0]
    choice.marks += [*own, *(Mark(i, "disputed", None) for i in top)]
    left = budget - sum(map(len, choice.frames.values()))
    for frame in _in_order(top, own, values, spread, clips):
        missing = set(everyone) - choice.frames.get(frame, set())
        if len(missing) > left:
            break
        choice.frames.setdefault(frame, set()).update(missing)
        left -= len(missing)
    return choice


def _own(values: Floats, run: int) -> Iterator[Mark]:
    """The worst frame of a run, and the one that half of its frames are worse than."""
    known = np.flatnonzero(np.isfinite(values))
    if len(known):
        order = known[np.argsort(values[known], kind="stable")]
        yield Mark(int(order[0]), "worst", run)
        yield Mark(int(order[len(order) // 2]), "median", run)


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


def _in_order(
    top: Iterable[int], own: Iterable[Mark], values: Floats, spread: Floats, clips: Sequence[slice]
) -> Iterator[int]:
    """Frames that all runs should show, the most telling first."""
    yield from top
    yield from (mark.frame for mark in own)
    for clip in clips:
        yield clip.start + int(np.argmax(spread[clip]))
    # Halving the distance again and again: wherever the budget ends, clips are covered evenly.
    for share in sorted(np.linspace(0, 1, REGULAR), key=lambda s: (s not in (0, 1), abs(s - 0.5))):
        for clip in clips:
            yield clip.start + round(share * (clip.stop - clip.start - 1))
    for clip in clips:
        for line in values:
            yield from (clip.start + mark.frame for mark in _own(line[clip], 0))
