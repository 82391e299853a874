import numpy as np

from selfbench.contracts import ClipFrame, Truth
from selfbench.metrics.objects import ObjectF, ObjectJ, ObjectJF
from tests.metrics.test_matching import clip, labels


def test_the_true_objects_are_those_of_the_first_frame():
    first, later = np.zeros((6, 6), np.uint8), np.zeros((6, 6), np.uint8)
    first[:2, :2] = later[:2, :2] = 5
    later[4:, 4:] = 2  # enters later: not judged, as in the official code
    assert set(ObjectJ().clip(clip([first, later], [first, first]))) == {"5"}


def test_an_object_without_a_prediction_and_a_frame_without_the_object():
    two = np.zeros((6, 6), np.uint8)
    two[:2, :2], two[4:, 4:] = 1, 2
    one = np.where(two == 1, two, 0).astype(np.uint8)
    values = ObjectJ().clip(clip([two, one], [one, one]))
    # Object 2 is nowhere predicted: wrong where it is, right where it is not.
    assert {k: v.tolist() for k, v in values.items()} == {"1": [1, 1], "2": [0, 1]}


def test_a_truth_without_objects_is_one_object_and_so_is_a_plain_mask():
    mask = np.zeros((6, 6), bool)
    mask[1:4, 1:4] = True
    frames = [ClipFrame(0, Truth(mask), mask.view(np.uint8))]
    assert ObjectJF().clip(frames) == {"1": [1.0]}
    empty = [ClipFrame(0, Truth(np.zeros((1, 1), bool)), np.ones((1, 1), np.uint8))]
    assert ObjectJF().clip(empty) == {}


def test_j_and_f_share_one_matching_and_new_frames_get_their_own():
    rng = np.random.default_rng(0)
    truths = [labels(rng, 2) for _ in range(2)]
    frames = clip(truths, truths)
    J, F, both = (metric().clip(frames) for metric in (ObjectJ, ObjectF, ObjectJF))
    assert all((both[k] == (J[k] + F[k]) / 2).all() for k in both)
    blank = clip(truths, [np.zeros_like(t) for t in truths])
    assert ObjectJ().clip(blank)["1"].max() < 1
