import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from selfbench.contracts import ClipValue
from selfbench.stages.statistics import FEWEST, LEVEL, interval, leads, p_value
from tests.reports.samples import record


def with_clips(values, weights=None, name="a"):
    weights = weights or [1.0] * len(values)
    clips = [ClipValue(f"c{i}", v, w) for i, (v, w) in enumerate(zip(values, weights))]
    return record(name, mean=float(np.mean(values)), per_clip=tuple(clips))


numbers = st.lists(st.floats(0, 1), min_size=2, max_size=9)


@settings(max_examples=30, deadline=None)
@given(numbers, st.data())
def test_p_is_that_of_scipy(first, data):
    second = data.draw(st.lists(st.floats(0, 1), min_size=len(first), max_size=len(first)))
    first, second = np.round(first, 3), np.round(second, 3)
    theirs = stats.permutation_test(
        (first, second), lambda x, y, axis: np.mean(x - y, axis=axis), vectorized=True,
        permutation_type="samples", n_resamples=np.inf,
    )  # fmt: skip
    assert p_value(with_clips(first), with_clips(second)) == pytest.approx(theirs.pvalue)


def test_p_of_many_clips_is_near_that_of_scipy():
    rng = np.random.default_rng(0)
    first = rng.uniform(size=20)
    second = first - rng.normal(0.02, 0.05, 20)
    theirs = stats.permutation_test(
        (first, second), lambda x, y, axis: np.mean(x - y, axis=axis), vectorized=True,
        permutation_type="samples", n_resamples=50_000, random_state=1,
    )  # fmt: skip
    assert p_value(with_clips(first), with_clips(second)) == pytest.approx(theirs.pvalue, abs=0.02)


def test_the_interval_is_near_that_of_scipy():
    values = np.random.default_rng(2).uniform(size=20)
    theirs = stats.bootstrap(
        (values,), np.mean, n_resamples=20_000, method="percentile", random_state=3
    ).confidence_interval
    assert interval(with_clips(values)) == pytest.approx((theirs.low, theirs.high), abs=0.01)


@settings(deadline=None)
@given(numbers)
def test_the_interval_lies_within_the_clips(values):
    low, high = interval(with_clips(values))
    assert min(values) - 1e-9 <= low <= high <= max(values) + 1e-9


def test_a_clip_counts_as_often_as_its_weight_says():
    low, high = interval(with_clips([0.0, 1.0], [1.0, 3.0]))
    assert (low, high) == (0.0, 1.0)
    wide, narrow = (
        interval(with_clips([0, 1, 0.5], [1, 1, 1])),
        interval(with_clips([0, 1, 0.5], [1, 1, 98])),
    )
    assert narrow[1] - narrow[0] <= wide[1] - wide[0]


def test_nothing_can_be_said_of_one_clip_or_none():
    assert interval(with_clips([0.3])) is None and interval(record("a")) is None
    assert interval(with_clips([0.3, np.nan])) is None
    assert p_value(record("a"), with_clips([1.0])) is None
    assert not leads(with_clips([0.9] * 9), [])


def test_the_fewest_clips_that_can_tell():
    """However large the lead: five clips never do, six do."""
    for clips in range(2, 12):
        ahead = leads(with_clips([0.9] * clips), [with_clips([0.1] * clips)])
        assert ahead == (clips >= FEWEST)
    assert 2 / 2**FEWEST < LEVEL < 2 / 2 ** (FEWEST - 1)


def test_only_common_clips_are_compared():
    first = with_clips([0.9] * 8)
    second = record("b", per_clip=tuple(ClipValue(f"c{i}", 0.1, 1.0) for i in range(5, 30)))
    assert p_value(first, second) == 2 / 2**3


def test_a_lead_over_one_but_not_over_another_is_none():
    rng = np.random.default_rng(0)
    best, worse = rng.uniform(0.6, 0.9, 8), rng.uniform(0.0, 0.3, 8)
    near = best + rng.normal(0, 0.1, 8)
    assert leads(with_clips(best), [with_clips(worse)])
    assert not leads(with_clips(best), [with_clips(worse), with_clips(near)])
