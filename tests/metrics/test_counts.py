import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sklearn

from selfbench.contracts.bitmask import BitMask
from selfbench.metrics.boundary import ContourAccuracy
from selfbench.metrics.counts import (
    BoundaryPrecision,
    BoundaryRecall,
    MeanIoU,
    PixelAccuracy,
    PixelPrecision,
    PixelRecall,
)
from tests.metrics import reference

SIDES = st.one_of(st.integers(1, 9), st.sampled_from([1, 15, 16, 17, 33]))
KINDS = st.sampled_from(reference.KINDS)


def pack(mask):
    return None if mask is None else BitMask.pack(mask)


def masks(height, width, seed, *kinds):
    rng = np.random.default_rng(seed)
    return [kind and reference.made_mask(kind, height, width, rng) for kind in kinds]


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(SIDES, SIDES, KINDS, KINDS, st.one_of(st.none(), KINDS), st.integers(0, 2**32))
def test_equal_to_scikit_learn(height, width, true_kind, kind, void_kind, seed):
    truth, got, void = masks(height, width, seed, true_kind, kind, void_kind)
    kept = np.ones_like(truth) if void is None else ~void
    values = [
        metric().frame(pack(truth), pack(got), pack(void))
        for metric in (PixelAccuracy, PixelPrecision, PixelRecall, MeanIoU)
    ]
    if not kept.any():
        assert values == [1, 1, 1, 1]
        return
    y, p = truth[kept].astype(int), got[kept].astype(int)
    same = dict(pos_label=1, average="binary", zero_division=1)
    expected = [
        sklearn.accuracy_score(y, p),
        sklearn.precision_score(y, p, **same),
        sklearn.recall_score(y, p, **same),
        sklearn.jaccard_score(y, p, **same),
    ]
    assert values == pytest.approx(expected, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(SIDES, SIDES, KINDS, KINDS, st.one_of(st.none(), KINDS), st.integers(0, 2**32))
def test_the_boundary_parts_are_those_of_the_official_f(h, w, true_kind, kind, void_kind, seed):
    truth, got, void = masks(h, w, seed, true_kind, kind, void_kind)
    _, (n_gt, n_pred, matched_gt, matched_pred) = reference.f_measure(truth, got, void)
    arguments = pack(truth), pack(got), pack(void)
    precision, recall = (m().frame(*arguments) for m in (BoundaryPrecision, BoundaryRecall))
    assert precision == (matched_pred / n_pred if n_pred else 1)
    assert recall == (matched_gt / n_gt if n_gt else 1)
    both = 2 * precision * recall / (precision + recall) if precision + recall else 0
    assert ContourAccuracy().frame(*arguments) == pytest.approx(both)


def test_published_boundary_counts():
    row = reference.table("per_frame.csv")[5]
    truth = reference.truth_masks(row["sequence"])[row["frame"]]
    got = reference.predicted_masks(row["method"], row["sequence"])[row["frame"]]
    precision = BoundaryPrecision().frame(truth, got)
    recall = BoundaryRecall().frame(truth, got)
    assert 2 * precision * recall / (precision + recall) == pytest.approx(float(row["F"]))


def test_only_the_dataset_as_a_whole_is_averaged_by_frame():
    assert {m.name: m.average for m in (MeanIoU, PixelAccuracy, PixelPrecision, PixelRecall)} == {
        "mIoU": "frames", "P": "frames", "precision": "clips", "recall": "clips"
    }  # fmt: skip
    assert MeanIoU().summarise(np.array([0.0, 1.0, 0.5])) == {"mean": 0.5}
