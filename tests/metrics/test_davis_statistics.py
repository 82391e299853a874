import functools
import math
import warnings

import numpy as np
import pytest

from selfbench.metrics.boundary import ContourAccuracy
from selfbench.metrics.davis_statistics import STATISTICS, summarise
from selfbench.metrics.region import RegionSimilarity
from tests.metrics import reference

NAN = float("nan")


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def of(*values):
    return tuple(summarise(np.array(values)).values())


def test_hand_computed_clips():
    assert tuple(summarise(np.array([0.4]))) == STATISTICS
    assert of(0.4) == (0.4, 0, 0)
    assert of(0.75, 0.25) == (0.5, 0.5, 0.5)  # the quarters are one frame each
    # Five frames: quarters share their border frame, so the first is 1 0.5 and the last 0.5 0.
    assert of(1, 0.5, 0.5, 0.5, 0) == (0.5, 0.2, 0.5)


def test_exactly_one_half_is_not_recalled():
    assert of(0.5, 0.5)[1] == 0
    assert of(np.nextafter(0.5, 1), 0.5)[1] == 0.5


def test_nan_is_left_out_of_the_mean_and_missed_in_recall():
    mean, recall, _ = of(0.8, NAN, 0.6, 0.4)
    assert (mean, recall) == (pytest.approx(0.6), 0.5)
    mean, recall, decay = of(NAN, NAN)
    assert math.isnan(mean) and recall == 0 and math.isnan(decay)
    assert all(math.isnan(value) for value in of())


def borders(n):
    """Where the official rounding puts the borders of quarters, in exact integer arithmetic."""
    return [math.floor((n - 1) * k / 4 + 0.5) for k in range(5)]


@pytest.mark.parametrize("n", [*range(1, 20), 50, 254, 255, 256, 257, 300, 1908, 100_003])
def test_decay_of_any_length(n):
    values = np.random.default_rng(n).random(n)
    first, last = borders(n)[:2], borders(n)[3:]
    expected = values[first[0] : first[1] + 1].mean() - values[last[0] : last[1] + 1].mean()
    assert summarise(values)["decay"] == expected


@functools.cache
def frames(method, sequence):
    truth = reference.truth_masks(sequence)
    predicted = reference.predicted_masks(method, sequence)
    return {
        metric.name: np.array([metric.frame(truth[name], predicted[name]) for name in truth])
        for metric in (RegionSimilarity(), ContourAccuracy())
    }


def test_the_official_table_in_both_conventions():
    rows = reference.table("official.csv")
    assert len(rows) == 28
    for row in rows:
        kept = slice(None) if row["frames"] == "all" else slice(1, -1)
        values = {k: v[kept] for k, v in frames(row["method"], row["sequence"]).items()}
        assert len(values["J"]) == int(row["n_frames"])
        for metric in (RegionSimilarity(), ContourAccuracy()):
            for statistic, value in metric.summarise(values[metric.name]).items():
                expected = row[f"{metric.name}_{statistic}"]
                assert float(f"{value:.6f}") == float(expected), (row, metric.name, statistic)
