import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sklearn

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


def stretched(soft):
    value = soft / 255
    low, high = value.min(), value.max()
    return value if low == high else (value - low) / (high - low)


def scores(truth, masks):
    """F-beta (n,) of masks (H, W, n), n > 1, by scikit-learn."""
    labels = np.broadcast_to(truth[..., None], masks.shape)
    flat = (array.reshape(-1, masks.shape[2]).astype(int) for array in (labels, masks))
    return sklearn.fbeta_score(*flat, beta=0.3**0.5, average=None, zero_division=0)


def curve_of(truth, soft):
    steps = (stretched(soft) * 255).astype(np.uint8)
    return scores(truth, steps[..., None] >= np.arange(256))


@settings(max_examples=60, deadline=None)
@given(
    SIDES, SIDES, st.sampled_from(["empty", "full", "some"]), st.sampled_from(SOFT),
    st.integers(0, 2**32),
)  # fmt: skip
def test_equal_to_scikit_learn(height, width, true_kind, kind, seed):
    rng = np.random.default_rng(seed)
    truth = made_truth(true_kind, (height, width), rng)
    soft = made_soft(kind, (height, width), rng)
    value, curve = stretched(soft), curve_of(truth, soft)
    assert f_beta_curve(truth, soft) == pytest.approx(curve, abs=1e-12)
    assert MeanFBeta().frame(truth, soft) == pytest.approx(curve.mean(), abs=1e-12)
    assert MAE().frame(truth, soft) == pytest.approx(abs(value - truth).mean(), abs=1e-12)
    chosen = value >= min(2 * value.mean(), 1)
    if abs(value - 2 * value.mean()).min() > 1e-9:  # else rounding decides
        adaptive, _ = scores(truth, np.stack([chosen, chosen], axis=-1))
        assert AdaptiveFBeta().frame(truth, soft) == pytest.approx(adaptive, abs=1e-12)


# What PySODMetrics 1.6.2 says: mean and maximum of its F curve, adaptive F, MAE. It is no
# dependency, for it holds numpy back and brings a second OpenCV.
PUBLISHED = [
    ("some", "noise", 0.320316543707, 0.391397849462, 0, 0.502545136403),
    ("some", "binary", 0.371388268849, 0.371428571429, 0.371428571429, 0.484848484848),
    ("some", "zero", 0.00141059027778, 0.361111111111, 0.361111111111, 0.30303030303),
    ("some", "full", 0.361111111111, 0.361111111111, 0.361111111111, 0.69696969697),
    ("some", "constant", 0.327256944444, 0.361111111111, 0, 0.659893048128),
    ("some", "two values", 0.371388268849, 0.371428571429, 0.371428571429, 0.484848484848),
    ("some", "narrow", 0.326168677105, 0.3859375, 0.0764705882353, 0.50451887294),
    ("empty", "noise", 0, 0, 0, 0.53905193669),
    ("empty", "binary", 0, 0, 0, 0.545454545455),
    ("empty", "zero", 0, 0, 0, 0),
    ("empty", "full", 0, 0, 0, 1),
    ("empty", "constant", 0, 0, 0, 0.905882352941),
    ("empty", "two values", 0, 0, 0, 0.545454545455),
    ("empty", "narrow", 0, 0, 0, 0.542796384902),
    ("full", "noise", 0.767791103388, 1, 0.042345276873, 0.46094806331),
    ("full", "binary", 0.839339717742, 1, 0.838709677419, 0.454545454545),
    ("full", "zero", 0.00390625, 1, 1, 1),
    ("full", "full", 1, 1, 1, 0),
    ("full", "constant", 0.90625, 1, 0, 0.0941176470588),
    ("full", "two values", 0.839339717742, 1, 0.838709677419, 0.454545454545),
    ("full", "narrow", 0.783146799989, 1, 0.275862068966, 0.457203615098),
]


@pytest.mark.parametrize(("true_kind", "kind", "mean", "most", "adaptive", "mae"), PUBLISHED)
def test_equal_to_pysodmetrics(true_kind, kind, mean, most, adaptive, mae):
    rng = np.random.default_rng(7)
    truth, soft = made_truth(true_kind, (9, 11), rng), made_soft(kind, (9, 11), rng)
    assert MeanFBeta().frame(truth, soft) == pytest.approx(mean, abs=1e-11)
    assert MaxFBeta().value(MaxFBeta().curve(truth, soft)) == pytest.approx(most, abs=1e-11)
    assert AdaptiveFBeta().frame(truth, soft) == pytest.approx(adaptive, abs=1e-11)
    assert MAE().frame(truth, soft) == pytest.approx(mae, abs=1e-11)


def test_the_maximum_is_of_the_mean_curve_and_not_the_mean_of_maxima():
    rng = np.random.default_rng(1)
    pairs = [
        (rng.random((9, 9)) < 0.4, rng.integers(0, 256, (9, 9)).astype(np.uint8)) for _ in range(5)
    ]
    curves = np.array([MaxFBeta().curve(*pair) for pair in pairs])
    value = MaxFBeta().value(curves.mean(axis=0))
    assert value == pytest.approx(np.max(np.mean([curve_of(*pair) for pair in pairs], axis=0)))
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
