"""Homographies: a known motion of the camera is found again, and nothing where there is none."""

import numpy as np
import pytest

from selfbench.vision.homographies import MAX_KEYPOINTS, MIN_MATCHES, describe, homography
from tests.vision.scenes import CAMERA, H, W, scene


def corners(matrix):
    """Where a homography takes four points of the frame."""
    points = np.array([[20, 20, 1], [W - 20, 20, 1], [20, H - 20, 1], [W - 20, H - 20, 1.0]]).T
    moved = matrix @ points
    return (moved[:2] / moved[2]).T


def test_the_cameras_motion_is_found_though_an_object_moves_otherwise():
    matrix = homography(describe(scene()), describe(scene(CAMERA, (11, -7))))
    assert corners(matrix) == pytest.approx(corners(np.linalg.inv(CAMERA)), abs=0.5)


def test_a_frame_maps_to_itself():
    described = describe(scene())
    assert corners(homography(described, described)) == pytest.approx(corners(np.eye(3)), abs=1e-3)


def test_keypoints_belong_to_the_frame():
    described = describe(scene())
    assert described.image.shape == (H, W, 3)
    assert described.points.dtype == described.descriptors.dtype == np.float32
    assert len(described.points) == len(described.descriptors) <= MAX_KEYPOINTS + 1
    assert (described.points >= 0).all() and (described.points < [W, H]).all()


def test_without_texture_there_is_no_homography():
    blank = describe(np.full((H, W, 3), 90, np.uint8))
    assert blank.points.shape == (0, 2) and blank.descriptors.shape == (0, 128)
    assert homography(blank, describe(scene())) is None
    assert homography(describe(scene()), blank) is None


def test_unrelated_frames_have_no_homography():
    assert homography(describe(scene(seed=1)), describe(scene(seed=2))) is None


@pytest.mark.parametrize("size", [(7, 9), (40, 1), (31, 200)])
def test_small_frames_are_described(size):
    image = np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)
    described = describe(image)
    assert described.points.shape[1] == 2
    if len(described.points) < MIN_MATCHES:
        assert homography(described, described) is None
