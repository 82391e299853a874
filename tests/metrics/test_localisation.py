import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfbench.errors import DataError
from selfbench.metrics.boxes import box_iou
from selfbench.metrics.localisation import MAP50, CorLoc

NONE = np.zeros((0, 4)), np.zeros(0)


def boxes(*rows):
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


def both(truth, predicted, scores):
    scores = np.array(scores, dtype=np.float64)
    return tuple(metric.frame(truth, predicted, scores) for metric in (CorLoc(), MAP50()))


def test_an_overlap_of_exactly_one_half_tells_them_apart():
    assert both(boxes([0, 0, 10, 10]), boxes([0, 0, 10, 5]), [1]) == (1.0, 0.0)
    assert both(boxes([0, 0, 10, 10]), boxes([0, 0, 10, 4.99]), [1]) == (0.0, 0.0)
    assert both(boxes([0, 0, 10, 10]), boxes([0, 0, 10, 5.01]), [1]) == (1.0, 1.0)


def test_only_the_box_with_the_highest_score_is_judged():
    truth, right, wrong = boxes([0, 0, 10, 10]), [0, 0, 10, 10], [50, 50, 60, 60]
    assert both(truth, boxes(wrong, right), [0.9, 0.8]) == (0, 0)
    assert both(truth, boxes(wrong, right), [0.8, 0.9]) == (1, 1)
    assert both(truth, boxes(right, wrong), [0.9, 0.9]) == (1, 1)  # equal: the first one


def test_any_true_box_will_do():
    assert both(boxes([50, 50, 60, 60], [0, 0, 10, 10]), boxes([0, 0, 10, 9]), [1]) == (1, 1)


def test_frames_without_boxes():
    truth = boxes([0, 0, 10, 10])
    assert both(truth, *NONE) == (0.0, 0.0)
    assert both(NONE[0], truth, [1]) == (None, None)
    assert both(*NONE[:1], *NONE) == (None, None)


def test_a_score_that_cannot_rank_is_refused():
    with pytest.raises(DataError, match="NaN"):
        both(boxes([0, 0, 1, 1]), boxes([0, 0, 1, 1]), [np.nan])
    with pytest.raises(DataError, match="1 boxes with 2 scores"):
        both(boxes([0, 0, 1, 1]), boxes([0, 0, 1, 1]), [1, 2])


@pytest.mark.parametrize("metric", [CorLoc, MAP50])
def test_every_frame_weighs_the_same_and_the_rules_are_stated(metric):
    assert metric.average == "frames"
    inequality = {"CorLoc": "IoU ≥ 0.5", "mAP0.5": "IoU > 0.5"}[metric.name]
    for rule in (inequality, "no +1 pixel", "share of annotated frames", "best-scored"):
        assert rule in metric.protocol
    assert metric().summarise(np.array([1.0, 0.0, 1.0, 1.0])) == {"mean": 0.75}


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
