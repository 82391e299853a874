import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from py_sod_metrics.sod_metrics import MAE as THEIR_MAE
from py_sod_metrics.sod_metrics import Fmeasure

from selfbench.metrics.saliency import MAE, AdaptiveFBeta, MaxFBeta, MeanFBeta, f_beta_curve

SIDES = st.integers(1, 12)
SOFT = ("noise", "binary", "zero", "full", "constant", "two values", "narrow")


def made_soft(kind, shape, rng):
    if kind == "constant":
        return np.full(shape, rng.integers(1, 255), np.uint8)
    ranges = {
        "noise": np.arange(256), "binary": [0, 255], "zero": [0], "full": [255],
        "two values": [40, 90], "narrow": np.arange(100, 120),
    }  # fmt: skip
    return rng.choice(np.array(ranges[kind], np.uint8), shape)


def made_truth(kind, shape, rng):
    return {"empty": np.zeros(shape, bool), "full": np.ones(shape, bool)}.get(
        kind, rng.random(shape) < 0.3
    )


def theirs(pairs):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        f, mae = Fmeasure(), THEIR_MAE()
    for truth, soft in pairs:
        f.step(soft, (truth * 255).astype(np.uint8))
        mae.step(soft, (truth * 255).astype(np.uint8))
    found = f.get_results()["fm"]
    return found["curve"], found["adp"], mae.get_results()["mae"]


@settings(max_examples=60, deadline=None)
@given(
    SIDES, SIDES, st.sampled_from(["empty", "full", "some"]), st.sampled_from(SOFT),
    st.integers(0, 2**32),
)  # fmt: skip
def test_equal_to_pysodmetrics(height, width, true_kind, kind, seed):
    rng = np.random.default_rng(seed)
    truth = made_truth(true_kind, (height, width), rng)
    soft = made_soft(kind, (height, width), rng)
    curve, adaptive, mae = theirs([(truth, soft)])
    # Their curve starts at the highest threshold.
    assert f_beta_curve(truth, soft) == pytest.approx(np.asarray(curve)[::-1], abs=1e-12)
    assert MeanFBeta().frame(truth, soft) == pytest.approx(np.mean(curve), abs=1e-12)
    assert AdaptiveFBeta().frame(truth, soft) == pytest.approx(adaptive, abs=1e-12)
    assert MAE().frame(truth, soft) == pytest.approx(mae, abs=1e-12)


def test_the_maximum_is_of_the_mean_curve_and_not_the_mean_of_maxima():
    rng = np.random.default_rng(1)
    pairs = [
        (rng.random((9, 9)) < 0.4, rng.integers(0, 256, (9, 9)).astype(np.uint8)) for _ in range(5)
    ]
    curves = np.array([MaxFBeta().curve(*pair) for pair in pairs])
    value = MaxFBeta().value(curves.mean(axis=0))
    assert value == pytest.approx(np.max(theirs(pairs)[0]))
    assert value < curves.max(axis=1).mean()


@settings(max_examples=30, deadline=None)
@given(SIDES, SIDES, st.sampled_from(SOFT), st.integers(0, 2**32))
def test_void_pixels_are_as_if_they_were_not_there(height, width, kind, seed):
    rng = np.random.default_rng(seed)
    shape = (height, width)
    truth, soft, void = made_truth("some", shape, rng), made_soft(kind, shape, rng), None
    void = rng.random(shape) < 0.4
    kept = ~void
    for metric in (MeanFBeta(), AdaptiveFBeta(), MAE()):
        value = metric.frame(truth, soft, void)
        assert 0 <= value <= 1
        if kept.any():
            assert value == metric.frame(truth[kept][None], soft[kept][None])
        else:
            assert value == 0


def test_a_perfect_mask_and_its_opposite():
    truth = np.zeros((4, 6), bool)
    truth[1:3, 2:5] = True
    soft = np.where(truth, 255, 0).astype(np.uint8)
    assert MAE().frame(truth, soft) == 0 and MAE().frame(truth, 255 - soft) == 1
    assert AdaptiveFBeta().frame(truth, soft) == 1
    assert MaxFBeta().value(MaxFBeta().curve(truth, soft)) == 1
    assert AdaptiveFBeta().frame(truth, 255 - soft) == 0


def test_another_size_is_refused():
    with pytest.raises(ValueError, match="different shapes"):
        MAE().frame(np.zeros((3, 4), bool), np.zeros((4, 3), np.uint8))
