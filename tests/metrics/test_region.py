import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfbench.contracts.bitmask import BitMask
from selfbench.media.masks import LEVELS, binarise
from selfbench.metrics.region import RegionSimilarity, j_curve, region_similarity
from tests.metrics import reference

SIDES = st.one_of(st.integers(1, 20), st.sampled_from([23, 24, 25, 63, 64, 65, 127, 128, 129]))


def pack(mask):
    return None if mask is None else BitMask.pack(mask)


@settings(max_examples=300, deadline=None)
@given(
    SIDES,
    SIDES,
    st.sampled_from(reference.KINDS),
    st.sampled_from(reference.KINDS),
    st.sampled_from([None, *reference.KINDS]),
    st.integers(0, 2**32),
)
def test_equals_the_official_function(height, width, true_kind, kind, void_kind, seed):
    rng = np.random.default_rng(seed)
    truth = reference.made_mask(true_kind, height, width, rng)
    prediction = reference.made_mask(kind, height, width, rng)
    void = None if void_kind is None else reference.made_mask(void_kind, height, width, rng)
    value = region_similarity(pack(truth), pack(prediction), pack(void))
    assert value == reference.iou(truth, prediction, void)
    assert RegionSimilarity().frame(pack(truth), pack(prediction), pack(void)) == value


@settings(max_examples=60, deadline=None)
@given(
    SIDES,
    SIDES,
    st.sampled_from(reference.KINDS),
    st.sampled_from([None, *reference.KINDS]),
    st.integers(0, 2**32),
)
def test_the_curve_equals_one_comparison_per_threshold(height, width, kind, void_kind, seed):
    rng = np.random.default_rng(seed)
    truth = reference.made_mask(kind, height, width, rng)
    void = None if void_kind is None else reference.made_mask(void_kind, height, width, rng)
    # Values at and next to the cuts, where an inexact comparison would show.
    soft = rng.choice(
        np.array([0, 12, 13, 50, 51, 52, 102, 103, 127, 128, 242, 243, 255], np.uint8),
        size=truth.shape,
    )
    slow = [
        region_similarity(pack(truth), pack(binarise(soft, level)), pack(void)) for level in LEVELS
    ]
    assert j_curve(truth, soft, void).tolist() == slow
    assert RegionSimilarity().curve(truth, soft, void).tolist() == slow


def test_the_curve_counts_exactly_beyond_what_float32_holds():
    soft = np.full((4097, 4097), 200, np.uint8)  # an odd number beyond 2**24
    truth = np.zeros(soft.shape, bool)
    truth[0, 0] = True
    assert j_curve(truth, soft)[0] == 1 / soft.size


def test_the_curve_reads_views_that_are_not_contiguous():
    rng = np.random.default_rng(0)
    soft = rng.integers(0, 256, (40, 60), dtype=np.uint8)
    truth = rng.random((40, 60)) < 0.5
    expected = j_curve(truth[::2, ::3].copy(), soft[::2, ::3].copy())
    assert np.array_equal(j_curve(truth[::2, ::3], soft[::2, ::3]), expected)


def test_edge_cases_of_the_rule():
    empty, full = np.zeros((3, 5), bool), np.ones((3, 5), bool)
    assert region_similarity(pack(empty), pack(empty)) == 1
    assert region_similarity(pack(empty), pack(full)) == 0
    assert region_similarity(pack(full), pack(empty)) == 0
    assert region_similarity(pack(empty), pack(full), pack(full)) == 1  # all void
    half = full.copy()
    half[:, 2:] = False
    assert region_similarity(pack(full), pack(half), pack(~half)) == 1


def test_masks_of_different_shapes_are_refused():
    # Both widths pack to 107 bytes, so numpy alone would not notice.
    a, b = np.ones((4, 850), bool), np.ones((4, 854), bool)
    with pytest.raises(ValueError, match=r"\(4, 850\).*\(4, 854\)"):
        region_similarity(pack(a), pack(b))
    with pytest.raises(ValueError, match="different shapes"):
        region_similarity(pack(a), pack(a), pack(b))
    with pytest.raises(ValueError, match="different shapes"):
        j_curve(a, b.astype(np.uint8))


def test_bit_equal_to_the_official_toolkit_on_real_masks():
    rows = reference.table("per_frame.csv")
    assert len(rows) == 684
    for row in rows:
        truth = reference.truth_masks(row["sequence"])[row["frame"]]
        prediction = reference.predicted_masks(row["method"], row["sequence"])[row["frame"]]
        assert (truth.area, prediction.area) == (int(row["n_gt"]), int(row["n_pred"]))
        assert repr(region_similarity(truth, prediction)) == row["J"], row


def test_the_threshold_grid_of_real_soft_masks():
    for row in reference.table("grid.csv"):
        sequence = row.pop("sequence")
        first, second = (reference.predicted_masks(m, sequence) for m in reference.METHODS)
        curves = [
            j_curve(
                truth.unpack(),
                170 * first[name].unpack().view(np.uint8)
                + 85 * second[name].unpack().view(np.uint8),
            )
            for name, truth in reference.truth_masks(sequence).items()
        ]
        assert [f"{value:.8f}" for value in np.mean(curves, axis=0)] == list(row.values())
