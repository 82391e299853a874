"""Derivatives and HSV against other libraries."""

import colorsys

import cv2
import numpy as np
import pytest
import torch

from selfbench.methods.student_teacher.features import derivatives, hsv


def test_hsv_agrees_with_the_standard_library():
    image = torch.rand(1, 3, 5, 7)
    image[0, :, 0, :3] = torch.tensor([[0.0, 1, 0.5], [0.0, 1, 0.5], [0.0, 1, 0.5]])  # greys
    converted = hsv(image)[0].permute(1, 2, 0).reshape(-1, 3).tolist()
    pixels = image[0].permute(1, 2, 0).reshape(-1, 3).tolist()
    for one, pixel in zip(converted, pixels):
        assert one == pytest.approx(colorsys.rgb_to_hsv(*pixel), abs=1e-5)


def test_derivatives_are_numpys_of_opencvs_grey():
    image = np.random.default_rng(0).random((6, 9, 3)).astype(np.float32)
    computed = derivatives(torch.from_numpy(image).permute(2, 0, 1)[None])[0].numpy()
    expected = np.gradient(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))
    assert np.allclose(computed, expected, atol=1e-5)
