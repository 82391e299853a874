import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from selfbench.errors import DataError
from selfbench.methods.student_teacher.selection import (
    best_share,
    first_labels,
    later_labels,
    nonzero_mean,
)


@settings(deadline=None)
@given(arrays(np.uint8, st.tuples(st.integers(1, 6), st.integers(1, 4), st.integers(1, 4))))
def test_nonzero_mean_is_the_mean_of_what_is_not_zero(masks):
    expected = [mask[mask > 0].mean() / 255 if mask.any() else 0.0 for mask in masks]
    assert nonzero_mean(masks) == pytest.approx(expected)


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.floats(0.01, 1))
def test_no_mask_left_out_is_better_than_one_kept(scores, keep):
    scores = np.array(scores)
    kept = best_share(scores, keep)
    left = np.setdiff1d(np.arange(len(scores)), kept)
    assert len(kept) <= max(1, round(keep * len(scores)))
    assert (scores[kept] > 0).all()
    if len(kept) and len(left):
        assert scores[kept].min() >= scores[left].max()


def test_generation_1_keeps_the_best_tenth():
    masks = np.arange(1, 21, dtype=np.uint8)[:, None, None] * np.ones((1, 3, 3), np.uint8)
    assert first_labels(masks, 0.1, "t").tolist() == [[0, 18], [0, 19]]


def test_an_empty_teacher_is_named():
    with pytest.raises(DataError, match=r"The teacher blind found nothing in any of 4 .*teacher="):
        first_labels(np.zeros((4, 3, 3), np.uint8), 1.0, "blind")


def test_later_generations_may_have_several_labels_of_a_frame_or_none():
    scores = np.array([[0.9, 0.1, 0.85], [0.95, 0.2, -np.inf]])  # (students, frames)
    assert later_labels(scores, 0.8, 1.0, 1).tolist() == [[0, 0], [0, 2], [1, 0]]
    assert later_labels(scores, 0.0, 1 / 3, 1).tolist() == [[0, 0], [1, 0]]
    # An empty mask is never learnt from, whatever the threshold.
    assert [1, 2] not in later_labels(scores, -1.0, 1.0, 1).tolist()


def test_a_selection_that_keeps_nothing_says_what_would():
    with pytest.raises(DataError, match=r"score 0.8 of EvalSeg-Net \(the best has 0.61\)"):
        later_labels(np.array([[0.1, 0.61]]), 0.8, 1.0, 1)
    with pytest.raises(DataError, match="all are empty"):
        later_labels(np.full((2, 3), -np.inf), 0.8, 1.0, 1)
