import numpy as np
import pytest

from selfbench.errors import DataError
from selfbench.metrics.localisation import MAP50, CorLoc

NONE = np.zeros((0, 4)), np.zeros(0)


def boxes(*rows):
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


def both(truth, predicted, scores):
    scores = np.array(scores, dtype=np.float64)
    return tuple(metric.frame(truth, predicted, scores) for metric in (CorLoc(), MAP50()))


def test_an_overlap_of_exactly_one_half_counts_for_corloc_alone():
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
    for rule in (inequality, "width is x1 - x0", "share of annotated frames", "best-scored"):
        assert rule in metric.protocol
    assert metric().summarise(np.array([1.0, 0.0, 1.0, 1.0])) == {"mean": 0.75}
