"""YouTube-Objects v1.0: boxed shots of training and test videos."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.io import savemat

from selfbench.datasets.youtube_objects import tidy
from tests.datasets.trees import clip_names, damages, made, refuses


def test_youtube_objects_v1(tmp_path):
    yto = made("youtube-objects", tmp_path)
    assert clip_names(yto, "train") == ["horse-0001-001", "horse-0001-002"]
    assert clip_names(yto, "train-boxed") == ["horse-0001-002"]
    assert clip_names(yto, "test") == ["horse-0002-002"]
    truth = yto.truth("test")["horse-0002-002"]
    assert list(truth) == ["frame0002"]
    assert truth["frame0002"].boxes.tolist() == [
        [8, 4, 20, 16],
        [-3.5, 0, 5, 6],
    ]  # x0 > x1 in the file


numbers = st.floats(-1e4, 1e4, allow_nan=False, width=32)


@given(st.lists(st.tuples(*[numbers] * 4), max_size=5))
def test_tidy_boxes_have_their_corners_in_order(boxes):
    array = np.array(boxes, float).reshape(-1, 4)
    ordered = tidy(array)
    assert (ordered[:, 2:] >= ordered[:, :2]).all()
    assert (
        np.sort(ordered.reshape(-1, 2, 2), axis=1) == np.sort(array.reshape(-1, 2, 2), axis=1)
    ).all()


def a_video_without_folder(root):
    (root / "YouTube-Objects/horse/sets/train.txt").write_text("0001\n0099\n")


def no_list(root):
    (root / "YouTube-Objects/horse/sets/train.txt").unlink()


def a_broken_file(root):
    path = root / "YouTube-Objects/horse/data/0001/shots/002/frame0002.jpg_sticks.mat"
    path.write_bytes(path.read_bytes()[:200])


def another_variable(root):
    path = root / "YouTube-Objects/horse/data/0001/shots/002/frame0002.jpg_sticks.mat"
    savemat(path, {"boxes": np.zeros((1, 4))})


def boxes_without_frame(root):
    shot = root / "YouTube-Objects/horse/data/0001/shots/002"
    (shot / "frame0002.jpg").unlink()


@damages(
    (a_video_without_folder, "lists '0099', but there is no"),
    (no_list, "cannot be read"),
    (a_broken_file, "is not a MATLAB file that can be read"),
    (another_variable, "holds no variable 'coor'"),
    (boxes_without_frame, "belongs to no frame of its shot"),
)
def test_damage_is_named(damage, words, tmp_path):
    refuses("youtube-objects", tmp_path, damage, words)
