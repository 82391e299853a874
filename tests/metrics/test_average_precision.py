import math
import warnings

import numpy as np
import pytest

from selfbench.errors import DataError
from selfbench.metrics.average_precision import AP50
from selfbench.metrics.boxes import box_iou

BOX, FAR = [0, 0, 10, 10], [50, 50, 60, 60]


def frame(truth, boxes=(), scores=()):
    return (
        np.array(truth, dtype=np.float64).reshape(-1, 4),
        np.array(boxes, dtype=np.float64).reshape(-1, 4),
        np.array(scores, dtype=np.float64),
    )


def ap(*frames):
    return AP50().dataset(frames)


def slow_ap(frames):
    """COCO's rules in plain loops, independent of faster-coco-eval."""
    ranked = []  # (score, hit), in the order of frames, then by falling score within a frame
    for truth, boxes, scores in frames:
        free = set(range(len(truth)))
        for index in np.argsort(-scores, kind="stable")[:100]:
            overlaps = box_iou(boxes[index : index + 1], truth)[0]
            best = max(free, key=lambda i: overlaps[i], default=None)
            hit = best is not None and overlaps[best] >= 0.5
            if hit:
                free.remove(best)
            ranked.append((scores[index], hit))
    ranked.sort(key=lambda item: -item[0])  # stable
    hits = np.cumsum([hit for _, hit in ranked])
    precision = hits / np.arange(1, len(ranked) + 1)
    recall = hits / sum(len(truth) for truth, _, _ in frames)
    best_beyond = np.maximum.accumulate(precision[::-1])[::-1]
    points = np.searchsorted(recall, np.linspace(0, 1, 101), side="left")
    return np.mean([best_beyond[i] if i < len(ranked) else 0 for i in points])


def random_frames(rng, count, decimals):
    frames = []
    for _ in range(count):
        corners = rng.uniform(0, 80, (rng.integers(0, 4), 2))
        truth = np.hstack([corners, corners + rng.uniform(5, 40, corners.shape)])
        near = np.repeat(truth, rng.integers(0, 3), axis=0)
        near = near + rng.normal(0, 3, near.shape)
        corners = rng.uniform(0, 80, (rng.integers(0, 3), 2))
        boxes = np.vstack([near, np.hstack([corners, corners + 20])])
        frames.append(frame(truth, boxes, rng.random(len(boxes)).round(decimals)))
    return frames


@pytest.mark.parametrize("decimals", [1, 9])  # with many equal scores, and with none
@pytest.mark.parametrize("seed", range(8))
def test_equals_an_independent_implementation(seed, decimals):
    frames = random_frames(np.random.default_rng(seed), 40, decimals)
    assert ap(*frames) == pytest.approx(slow_ap(frames), abs=1e-12)


def test_a_perfect_result_is_one_even_for_the_first_annotation():
    assert ap(frame([BOX], [BOX], [0.9])) == 1.0  # 0.0 if annotation ids began at 0
    assert ap(frame([BOX], [BOX], [0.9]), frame([FAR], [FAR], [0.1])) == 1.0


def test_hand_computed_rankings():
    hit, miss = frame([BOX], [BOX], [0.9]), frame([BOX], [FAR], [0.8])
    assert ap(hit, miss) == pytest.approx(51 / 101)  # precision 1 up to recall 0.5
    first_wrong = frame([BOX], [BOX, FAR], [0.8, 0.9])
    assert ap(first_wrong) == pytest.approx(0.5)  # precision 1/2 at every recall
    assert ap(frame([BOX], [BOX, BOX], [0.9, 0.8])) == 1.0  # a second box on it is a false alarm
    assert ap(frame([BOX, FAR], [BOX, BOX], [0.9, 0.8])) == pytest.approx(51 / 101)


def test_false_alarms_in_frames_without_a_true_box_count():
    assert ap(frame([], [FAR], [0.9]), frame([BOX], [BOX], [0.8])) == pytest.approx(0.5)


def test_nothing_predicted_and_nothing_true():
    assert ap(frame([BOX])) == 0.0
    assert math.isnan(ap(frame([], [BOX], [1])))
    assert math.isnan(ap(frame([])))
    assert math.isnan(ap())


def test_the_overlap_of_exactly_one_half_is_a_hit_and_an_empty_true_box_is_not():
    assert ap(frame([BOX], [[0, 0, 10, 5]], [1])) == 1.0
    assert ap(frame([BOX], [[0, 0, 10, 4.99]], [1])) == 0.0
    assert ap(frame([[5, 5, 5, 5]], [[5, 5, 5, 5]], [1])) == 0.0


def test_only_the_best_hundred_boxes_of_a_frame_count():
    boxes, scores = [FAR] * 100 + [BOX], np.linspace(1, 0.5, 101)
    assert ap(frame([BOX], boxes, scores)) == 0.0
    assert ap(frame([BOX], boxes[1:], scores[1:])) == pytest.approx(1 / 100)


def test_equal_scores_rank_in_the_order_of_frames():
    hit, miss = frame([BOX], [BOX], [0.5]), frame([], [FAR], [0.5])
    assert ap(hit, miss) == 1.0
    assert ap(miss, hit) == pytest.approx(0.5)
    assert "ties: by frame order" in AP50.protocol


def test_more_frames_than_digits_keep_their_order():
    # Ids compared as text would put frame 10 before frame 2.
    frames = [frame([BOX], [BOX if i < 10 else FAR], [0.5]) for i in range(20)]
    assert ap(*frames) == pytest.approx(slow_ap(frames), abs=1e-12)


@pytest.mark.parametrize("score", [-1.0, 0.0, 1e9])
def test_any_number_is_a_score(score):
    assert ap(frame([BOX], [BOX], [score])) == 1.0


def test_a_score_that_cannot_rank_is_refused():
    with pytest.raises(DataError, match="NaN"):
        ap(frame([BOX], [BOX], [np.nan]))
    with pytest.raises(DataError, match="one per box"):
        ap(frame([BOX], [BOX], [1, 2]))


def test_nothing_is_printed_and_nothing_warned(capfd):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ap(frame([BOX], [BOX], [0.9]), frame([BOX]))
    assert capfd.readouterr() == ("", "")


def test_the_arrays_given_stay_as_they_were():
    given = frame([BOX], [BOX, FAR], [0.1, 0.9])
    copies = [array.copy() for array in given]
    ap(given)
    assert all(np.array_equal(a, b) for a, b in zip(given, copies, strict=True))
