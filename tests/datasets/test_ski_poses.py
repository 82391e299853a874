"""From markers and camera parameters to the box around the skier."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.linalg import rq

from selfbench.datasets.ski_poses import (
    BODY,
    JOINTS,
    MARKERS,
    SMALLEST,
    read_cameras,
    read_joints,
    skier_box,
)
from selfbench.errors import DataError

same_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@same_folder
@given(st.text(max_size=200))
def test_any_text_is_cameras_known_or_not(tmp_path, text):
    path = tmp_path / "a.DLT"
    path.write_text(text, encoding="utf-8")
    cameras = read_cameras(path)
    assert cameras.shape[1:] == (3, 4)
    known = cameras.any(axis=(1, 2))
    assert (cameras[known][:, 2, 3] == 1).all()


def test_joints_are_weighted_means_of_markers():
    assert JOINTS.shape == (17, 21)
    assert JOINTS.sum(axis=1) == pytest.approx(1)
    assert (JOINTS >= 0).all()
    assert not JOINTS[:, MARKERS.index("GPS antenna")].any()
    assert not JOINTS[:, MARKERS.index("right ski tip") :].any()


def test_joints_leave_the_millimetres_and_the_rotation(tmp_path):
    path = tmp_path / "poses.csv"
    points = np.zeros((2, 23, 3))
    points[:] = (1000, 0, 500)
    path.write_text("x\n" + "".join(",".join(map(str, row.ravel())) + "\n" for row in points))
    joints = read_joints(path)
    assert joints.shape == (2, 17, 3)
    angle = -0.193200777
    assert joints[1, 5] == pytest.approx([np.cos(angle), np.sin(angle), 0.5])


@pytest.mark.parametrize("seed", range(20))
def test_the_box_is_that_of_the_decomposed_camera(seed):
    """The published code splits the matrix into intrinsics, rotation and centre; so does SciPy."""
    rng = np.random.default_rng(seed)
    joints = rng.uniform(-1, 1, (17, 3)) * (1.5, 1.5, 1.5)
    rotation = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    rotation *= np.sign(np.linalg.det(rotation))
    centre = rotation.T @ np.array([0, 0, -12.0])
    intrinsics = np.array([[1500, 0, 640], [0, 1500, 360], [0, 0, 1]])
    matrix = intrinsics @ rotation @ np.hstack([np.eye(3), -centre[:, None]])
    matrix /= matrix[2, 3]  # as files have it
    r, q = rq(matrix[:, :3])
    turn = np.diag(np.sign(np.diag(r)))
    k, world_to_camera = r @ turn / (r @ turn)[2, 2], turn @ q
    in_camera = (joints - -np.linalg.inv(matrix[:, :3]) @ matrix[:, 3]) @ world_to_camera.T
    pixels = (in_camera / in_camera[:, 2:]) @ k.T
    low, high = pixels[:, :2].astype(int).min(axis=0), pixels[:, :2].astype(int).max(axis=0)
    body = pixels[:BODY, :2].astype(int)
    assert (body.max(axis=0) - body.min(axis=0) + 1 >= SMALLEST).all()
    box = skier_box(joints, matrix, 0)
    assert box.tolist() == [[*low, *(high + 1)]]
    width, height = high - low + 1
    grown = skier_box(joints, matrix, 0.6)[0]
    assert grown[2] - grown[0] == width + int(width * 0.6)
    assert grown[1] == low[1] - int(height * 0.6) // 2


def test_out_of_view_there_is_no_box():
    joints = np.random.default_rng(0).uniform(-1, 1, (17, 3))
    camera = np.array([[1000, 640, 0, 640.0], [0, 360, -1000, 360], [0, 1, 0, 1]])
    ahead = joints + np.array([0, 9, 0])
    assert skier_box(ahead, camera, 0) is not None
    assert skier_box(ahead, np.zeros((3, 4)), 0) is None
    assert skier_box(ahead + np.array([9, 0, 0]), camera, 0) is None  # right of the image
    assert skier_box(ahead - np.array([9, 0, 0]), camera, 0) is None  # negative coordinates
    assert skier_box(joints + np.array([0, 90, 0]), camera, 0) is None  # too small


@pytest.mark.parametrize("text", ["header\n1,2\n", "header\n" + "x," * 68 + "x\n"])
def test_other_tables_are_refused(tmp_path, text):
    path = tmp_path / "poses.csv"
    path.write_text(text)
    with pytest.raises(DataError, match="23 points x, y, z in millimetres"):
        read_joints(path)
    with pytest.raises(DataError, match="cannot be read"):
        read_cameras(tmp_path / "missing.DLT")
