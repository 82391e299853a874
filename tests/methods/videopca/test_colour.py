"""Colour bins and colour models against their formulas."""

import cv2
import numpy as np

from selfbench.methods.videopca.colour import ColourBins, ColourModel, stretch


def test_colour_tables_equal_the_formula():
    rng = np.random.default_rng(2)
    frame = rng.integers(0, 256, (200, 200, 3), dtype=np.uint8)
    frame[0, :3] = [[0, 0, 0], [255, 255, 255], [255, 0, 0]]
    hsv = cv2.cvtColor(frame, cv2.COLOR_RGB2HSV).astype(np.float64)
    angle, s, v = hsv[..., 0] * 2 / 180 * np.pi, hsv[..., 1] / 255, hsv[..., 2] / 255
    x = np.rint((s * np.cos(angle) + 1) / 2 * 99)
    y = np.rint((s * np.sin(angle) + 1) / 2 * 24)
    expected = x + 100 * y + 2500 * np.rint(v * 9)
    np.testing.assert_array_equal(ColourBins(100, 25, 10).index(frame), expected)


def test_stretch_reaches_both_ends_and_leaves_flat_frames_black():
    frame = np.array([[[10, 60, 110]]], np.uint8)
    np.testing.assert_array_equal(stretch(frame), [[[0, 127, 255]]])
    assert not stretch(np.full((2, 2, 3), 77, np.uint8)).any()


def test_colour_model_is_a_ratio_of_two_normalised_histograms():
    model = ColourModel(4)
    bins = np.array([[0, 0, 1, 1, 2, 2]])
    model.add(bins, np.array([[True, True, True, False, False, False]]))
    # foreground (2, 1, 0) / 3, background (0, 1, 2) / 3; bin 3 was never seen
    np.testing.assert_allclose(model.table(), [1, 0.5, 0, 0])
