"""Overlaps of boxes against the arithmetic done one pair at a time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfbench.errors import DataError
from selfbench.metrics.boxes import box_area, box_iou, check_scores


def boxes(*rows):
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


CORNER = st.integers(-20, 20)
BOXES = st.lists(st.tuples(CORNER, CORNER, CORNER, CORNER), max_size=4)


def slow_iou(a, b):
    width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
    area = [max(0, x1 - x0) * max(0, y1 - y0) for x0, y0, x1, y1 in (a, b)]
    union = sum(area) - width * height
    return width * height / union if union else 0.0


@settings(max_examples=200, deadline=None)
@given(BOXES, BOXES)
def test_the_overlap_of_all_pairs(first, second):
    expected = np.array([[slow_iou(a, b) for b in second] for a in first])
    overlap = box_iou(boxes(*first), boxes(*second))
    assert overlap.shape == (len(first), len(second))
    assert np.array_equal(overlap, expected.reshape(overlap.shape))
    assert ((overlap >= 0) & (overlap <= 1)).all()


@given(BOXES)
def test_areas_are_those_of_right_way_round_boxes(rows):
    areas = box_area(boxes(*rows))
    assert areas.tolist() == [max(0, x1 - x0) * max(0, y1 - y0) for x0, y0, x1, y1 in rows]


def test_a_box_without_area_overlaps_nothing_not_even_itself():
    line = boxes([0, 0, 10, 0])
    assert box_iou(line, line).tolist() == [[0.0]]
    assert box_iou(boxes([0, 0, 10, 10]), boxes([5, 0, 15, 10])) == pytest.approx(1 / 3)


def test_scores_must_rank_the_boxes():
    check_scores(boxes(), np.zeros(0))
    check_scores(boxes([0, 0, 1, 1]), np.array([-np.inf]))
    with pytest.raises(DataError, match="got 1 boxes with 0 scores, expected one per box"):
        check_scores(boxes([0, 0, 1, 1]), np.zeros(0))
    with pytest.raises(DataError, match="a box with the score NaN"):
        check_scores(boxes([0, 0, 1, 1]), np.array([np.nan]))
