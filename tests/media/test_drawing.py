import numpy as np
import pytest

from selfbench.contracts import Marks, no_boxes
from selfbench.media.drawing import overlay

GREY = np.full((100, 160, 3), 128, np.uint8)
EMPTY = np.zeros((100, 160), bool)


def test_nothing_found_leaves_the_frame():
    assert (overlay(GREY, EMPTY, no_boxes(), Marks()) == GREY).all()


def test_masks_are_tinted_and_the_frame_is_not_changed():
    mask = EMPTY.copy()
    mask[20:60, 30:80] = True
    drawn = overlay(GREY, mask, no_boxes(), Marks()).astype(int)
    assert drawn[40, 50, 0] > drawn[40, 50, 1] + 40
    assert (drawn[20, 50] == 255).all() and (drawn[10, 10] == 128).all()
    assert (GREY == 128).all()


@pytest.mark.parametrize("box", [(30, 20, 80, 60), (-20, -5, 300, 400), (0, 0, 1, 1)])
def test_boxes_are_dashed(box):
    drawn = overlay(GREY, EMPTY, np.array([box], float), Marks())
    red = (drawn == (255, 40, 40)).all(axis=2)
    if box[0] == 30:
        assert 0.3 < red[20, 30:80].mean() < 0.8 and red[59, 30:80].any() and red[20:60, 79].any()
        assert not red[30:50, 40:70].any()


def test_dots_grow_with_their_weight():
    dots = np.array([[20.0, 50, 0.01], [60, 50, 0.5], [120, 50, 1.0]])
    drawn = overlay(GREY, EMPTY, no_boxes(), Marks(dots=dots)).astype(int)
    blue = drawn[..., 2] > drawn[..., 0]
    sizes = [blue[:, a:b].sum() for a, b in ((0, 40), (40, 80), (80, 160))]
    assert 0 < sizes[0] < sizes[1] < sizes[2]
    assert drawn[50, 20, 2] < drawn[50, 120, 2], "and are more opaque"


def test_lines_are_green():
    lines = np.array([[10.0, 10, 50, 10]])
    drawn = overlay(GREY, EMPTY, no_boxes(), Marks(lines=lines))
    assert drawn[10, 30].astype(int) == pytest.approx([40, 220, 40], abs=15)
