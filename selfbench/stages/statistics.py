"""How certain a number is: bootstrap interval over clips, paired test between two methods.

The clip is the unit: frames of one clip are near copies of each other, so counting them would make
every difference look certain. Values of a clip are means over seeds.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import Record

RESAMPLES = 10_000  # the ends of an interval then move by about 1 % of its width between draws
CONFIDENCE = 0.95  # of intervals, as usual
LEVEL = 0.05  # below it a lead is called larger than chance
EXACT = 13  # up to this many clips all 2^n sign patterns are tried
FEWEST = 6  # clips with which p can fall below LEVEL: 2 / 2^6 = 0.031


def interval(record: Record) -> tuple[float, float] | None:
    """Return the 95 % percentile bootstrap interval over clips of the mean.

    Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13. None for fewer
    than two clips, for a missing clip value and for metrics of the whole dataset. With few clips
    it is too narrow, as percentile intervals are.
    """
    values = np.array([clip.value for clip in record.per_clip])
    weights = np.array([clip.weight for clip in record.per_clip])
    if len(values) < 2 or not np.isfinite(values).all() or not weights.all():
        return None
    counts = _resamples(len(values))  # (RESAMPLES, n)
    means = counts @ (weights * values) / (counts @ weights)
    low, high = np.quantile(means, ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2))
    return float(low), float(high)


def p_value(first: Record, second: Record) -> float | None:
    """Return the two-sided p of the paired sign-flip permutation test over the common clips.

    Under "no difference" each clip's difference could as well have the other sign. Exact up to
    13 clips, else estimated from 10,000 patterns (Good, "Permutation Tests", 2000, chapter 3).
    None without a common clip.
    """
    other = {clip.clip: clip for clip in second.per_clip}
    pairs = [(clip, other[clip.clip]) for clip in first.per_clip if clip.clip in other]
    weighted = np.array([a.weight * (a.value - b.value) for a, b in pairs])
    weighted = weighted[np.isfinite(weighted)]
    if not len(weighted):
        return None
    signs = _signs(len(weighted))  # (patterns, n)
    observed = abs(weighted.sum())
    # Sums in another order differ in the last bits: equal patterns must count as equal.
    extreme = int((np.abs(signs @ weighted) >= observed - 1e-12).sum())
    if len(weighted) <= EXACT:
        return extreme / len(signs)
    return (extreme + 1) / (len(signs) + 1)  # the observed pattern is one of them


def leads(best: Record, others: list[Record]) -> bool:
    """Return whether `best` differs from every other by more than chance, at the 5 % level.

    All tests must reject, which keeps the level without a correction for their number
    (intersection-union test, Berger 1982).
    """
    values = [p_value(best, other) for other in others]
    return bool(values) and all(p is not None and p < LEVEL for p in values)


@lru_cache(maxsize=8)
def _resamples(n: int) -> NDArray[np.float64]:
    """Return how often each of n clips was drawn (RESAMPLES, n); the same every time."""
    return np.random.default_rng(n).multinomial(n, np.full(n, 1 / n), RESAMPLES).astype(float)


@lru_cache(maxsize=8)
def _signs(n: int) -> NDArray[np.float64]:
    """Return all sign patterns (2^n, n), or RESAMPLES random ones beyond EXACT clips."""
    if n > EXACT:
        return np.random.default_rng(n).choice((-1.0, 1.0), (RESAMPLES, n))
    bits = np.arange(2**n)[:, None] >> np.arange(n)
    return np.where(bits & 1, 1.0, -1.0)
