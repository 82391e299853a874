import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfbench.vision.flow.colours import colours


def test_white_stands_still_and_hue_is_direction():
    flow = np.array([[0, 0], [3, 0], [-3, 0], [9, 0], [1.5, 0]], np.float32)
    still, right, left, fast, slow = colours(flow, 3.0).astype(int)
    assert (still == 255).all()
    assert right[0] > right[2] + 100 and left[2] > left[0] + 100, "red to the right, blue left"
    assert (fast == right).all(), "full from the scale on"
    assert slow.min() > right.min() + 80


def test_images_keep_their_shape():
    assert colours(np.zeros((5, 7, 2)), 1.0).shape == (5, 7, 3)
    assert colours(np.zeros((2, 5, 7, 2)), 1.0).dtype == np.uint8


@given(st.floats(-9, 9), st.floats(-9, 9), st.floats(0.5, 20))
def test_only_flow_over_scale_counts(x, y, scale):
    flow = np.array([[x, y]], np.float32)
    one, twice = colours(flow, scale), colours(2 * flow, 2 * scale)
    assert one.astype(int) == pytest.approx(twice.astype(int), abs=4)
