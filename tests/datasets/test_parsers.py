"""Parsers of annotations: what is written comes back, and any other text is refused in words."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.linalg import rq

from selfbench.datasets.box_list import read_box_list
from selfbench.datasets.fbms59 import _number
from selfbench.datasets.ski_poses import (
    BODY,
    JOINTS,
    MARKERS,
    SMALLEST,
    read_cameras,
    read_joints,
    skier_box,
)
from selfbench.datasets.voc import voc_boxes
from selfbench.datasets.youtube_objects import tidy
from selfbench.errors import DataError
from tests.datasets.layouts import voc

numbers = st.floats(-1e4, 1e4, allow_nan=False, width=32)
box = st.tuples(numbers, numbers, numbers, numbers)
same_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@same_folder
@given(st.lists(box, max_size=4))
def test_voc_boxes_come_back(tmp_path, boxes):
    voc(tmp_path / "a.xml", boxes)
    assert voc_boxes(tmp_path / "a.xml").tolist() == [list(b) for b in boxes]


@same_folder
@given(st.text(max_size=60))
def test_other_text_is_no_voc(tmp_path, text):
    path = tmp_path / "a.xml"
    path.write_text(f"<annotation><object><bndbox>{text}</bndbox></object>", encoding="utf-8")
    with pytest.raises(DataError, match="is not an annotation"):
        voc_boxes(path)


@same_folder
@given(st.lists(box, min_size=1, max_size=5), st.sampled_from([",", "\t", " ", ", "]))
def test_lists_of_boxes_come_back(tmp_path, boxes, separator):
    path = tmp_path / "boxes.txt"
    path.write_text("".join(f"{separator.join(map(repr, b))}\n" for b in boxes))
    names = [str(i) for i in range(len(boxes))]
    found = read_box_list(path, names)
    assert found.keys() == {n for n, b in zip(names, boxes) if b[2] > 0 and b[3] > 0}
    for name, (x, y, width, height) in zip(names, boxes):
        if name in found:
            assert found[name].tolist() == [[x, y, x + width, y + height]]


@given(st.lists(box, max_size=5))
def test_tidy_boxes_have_their_corners_in_order(boxes):
    array = np.array(boxes, float).reshape(-1, 4)
    ordered = tidy(array)
    assert (ordered[:, 2:] >= ordered[:, :2]).all()
    assert (
        np.sort(ordered.reshape(-1, 2, 2), axis=1) == np.sort(array.reshape(-1, 2, 2), axis=1)
    ).all()


@given(st.integers(0, 9999), st.integers(1, 4), st.sampled_from(["", "_gt"]))
def test_fbms_numbers(number, width, end):
    for sequence, underscore in (("bear01", "_"), ("tennis", "")):
        assert _number(f"{sequence}{underscore}{number:0{width}d}{end}", sequence) == number
    assert _number(f"{number:03d}{end}", "marple1") == number


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
    seen = (joints - -np.linalg.inv(matrix[:, :3]) @ matrix[:, 3]) @ world_to_camera.T
    pixels = (seen / seen[:, 2:]) @ k.T
    low, high = pixels[:, :2].astype(int).min(axis=0), pixels[:, :2].astype(int).max(axis=0)
    body = pixels[:BODY, :2].astype(int)
    assert (body.max(axis=0) - body.min(axis=0) + 1 >= SMALLEST).all()
    found = skier_box(joints, matrix, 0)
    assert found.tolist() == [[*low, *(high + 1)]]
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
