"""Boxes of masks, against the masks they were made of."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from selfbench.media.boxes import largest_component, tight_box

MASKS = arrays(bool, array_shapes(min_dims=2, max_dims=2, max_side=12))


@given(MASKS)
def test_the_tight_box_holds_all_of_the_mask_and_cannot_shrink(mask):
    boxes = tight_box(mask)
    assert boxes.shape == (1 if mask.any() else 0, 4) and boxes.dtype == np.float64
    for x0, y0, x1, y1 in boxes.astype(int):
        inside = mask[y0:y1, x0:x1]
        assert inside.sum() == mask.sum()
        assert inside[0].any() and inside[-1].any() and inside[:, 0].any() and inside[:, -1].any()


@given(MASKS)
def test_the_largest_component_lies_in_the_tight_box(mask):
    boxes, scores = largest_component(mask, mask.astype(np.uint8) * 255)
    assert len(boxes) == len(scores) == mask.any()
    if mask.any():
        (outer,), (inner,) = tight_box(mask), boxes
        assert (inner[:2] >= outer[:2]).all() and (inner[2:] <= outer[2:]).all()
        assert scores[0] == 1.0


@given(st.integers(1, 5), st.integers(1, 5))
def test_the_larger_of_two_components_wins(small, large):
    mask = np.zeros((12, 12), bool)
    mask[0:small, 0:small] = True
    mask[6 : 6 + large, 6 : 6 + large] = True
    soft = np.zeros((12, 12), np.uint8)
    soft[6:, 6:] = 51
    boxes, scores = largest_component(mask, soft)
    if large > small:
        assert boxes.tolist() == [[6, 6, 6 + large, 6 + large]]
        assert scores[0] == pytest.approx(0.2)


def test_corners_that_touch_belong_together():
    boxes, _ = largest_component(np.eye(4, dtype=bool), np.full((4, 4), 255, np.uint8))
    assert boxes.tolist() == [[0, 0, 4, 4]]


def test_an_empty_mask_has_no_box():
    nothing = np.zeros((3, 3), bool)
    boxes, scores = largest_component(nothing, nothing.astype(np.uint8))
    assert boxes.shape == (0, 4) and scores.shape == (0,)
    assert tight_box(nothing).shape == (0, 4)
