"""Labels made of pale soft masks."""

import numpy as np

from selfbench.methods.student_teacher.sharpening import sharpened
from selfbench.vision.background.backgrounds import Backgrounds

SIDE = 80
TRUTH = np.zeros((SIDE, SIDE), bool)
TRUTH[20:60, 30:50] = True
PALE = np.full((SIDE, SIDE), 40, np.uint8)  # all over the scene, as VideoPCA's
PALE[22:60, 29:49] = 120  # shifted
BOTH = np.arange(2)


def photo(person=(30, 60, 90)):
    frame = np.full((SIDE, SIDE, 3), 200, np.uint8)
    frame[TRUTH] = person
    return frame


def overlap(mask):
    return (TRUTH & mask).sum() / (TRUTH | mask).sum()


def test_labels_are_drawn_to_the_edges_of_the_frame():
    label, nothing = sharpened(np.stack([PALE, 0 * PALE]), np.stack([photo(), photo()]), BOTH)
    assert label.dtype == np.uint8 and not nothing.any()
    assert overlap(PALE > 80) < 0.87 and overlap(label > 128) > 0.92  # 0.86 and 0.93
    assert label[~TRUTH].mean() < 10 and label[TRUTH].mean() > 225


def test_frames_that_are_not_learnt_from_have_empty_labels():
    of = np.stack([PALE, PALE])
    left_out, label = sharpened(of, np.stack([photo(), photo()]), np.array([1]))
    assert not left_out.any() and label.any()


def background(known=255):
    image = np.dstack([photo((200, 200, 200)), np.full((SIDE, SIDE), known, np.uint8)])
    return Backgrounds([image[None]], np.zeros(2, np.int64))


def test_what_other_frames_show_too_leaves_the_labels():
    spread_out = PALE.copy()
    spread_out[15:70, 20:75] = 80  # VideoPCA's haze about the person
    frames = np.stack([photo(), photo()])
    masks = np.stack([spread_out, 0 * PALE])
    label, nothing = sharpened(masks, frames, BOTH, background())
    alone, _ = sharpened(masks, frames, BOTH)
    assert overlap(label > 128) > 0.97 and not nothing.any()
    assert overlap(label > 128) > overlap(alone > 128)
    unknown, _ = sharpened(masks, frames, BOTH, background(known=0))
    assert np.array_equal(unknown, alone)


def test_an_object_that_stays_in_its_place_keeps_its_label():
    """Other frames show it too, so nothing stands out."""
    itself = Backgrounds([np.dstack([photo(), np.full((SIDE, SIDE), 255, np.uint8)])[None]],
                         np.zeros(1, np.int64))  # fmt: skip
    (label,) = sharpened(PALE[None], photo()[None], np.arange(1), itself)
    (alone,) = sharpened(PALE[None], photo()[None], np.arange(1))
    assert label.any() and np.array_equal(label, alone)


def test_what_stands_out_near_a_students_mask_is_the_limb_it_missed():
    frame, arm = photo(), (slice(30, 32), slice(50, 53))
    frame[arm] = (120, 130, 140)  # bare, so that its colour does not tell whose it is
    masks, frames = np.stack([np.uint8(200 * TRUTH)] * 2), np.stack([frame] * 2)
    of_teacher, _ = sharpened(masks, frames, BOTH, background())
    label, _ = sharpened(masks, frames, BOTH, background(), students=True)
    assert of_teacher[arm].max() < 128 < label[arm].min()
