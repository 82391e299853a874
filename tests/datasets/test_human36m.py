"""Human3.6M: masks and boxes in MATLAB files, the empty scene as the median of frames."""

import h5py
import numpy as np
import pytest
from scipy.io import savemat

from selfbench.contracts import Where
from selfbench.datasets.files import images_clip
from selfbench.datasets.human36m import Human36M, empty_scene
from selfbench.errors import DataError
from selfbench.media.video import VideoFrames
from tests.datasets.layouts import cells_v73, frame, square
from tests.datasets.samples import link
from tests.datasets.trees import damages, made, refuses


def test_human36m(tmp_path):
    h36m = made("human3.6m", tmp_path)
    (train,), (test,) = h36m.clips("train"), h36m.clips("test")
    assert (train.name, test.name) == ("S1-Walking_1-54138969", "S9-Walking_1-54138969")
    assert test.background is None
    stack = np.stack([train.frames[i] for i in range(4)])
    places = np.linspace(0, 3, 50).astype(int)
    assert (train.background == np.median(stack[places], axis=0).astype(np.uint8)).all()
    assert any((tmp_path / ".cache/human3.6m").iterdir())
    truth = h36m.truth("test")[test.name]
    assert list(truth) == ["00000", "00001", "00002", "00003"]
    assert (truth["00002"].mask == (square() > 0)).all()
    assert truth["00002"].boxes.tolist() == [[6, 2, 22, 18]]
    assert truth["00003"].mask is None  # masks end before the boxes do


def an_older_file(root):
    path = root / "Human3.6M/S9/MySegmentsMat/ground_truth_bs/Walking 1.54138969.mat"
    savemat(path, {"Masks": np.zeros((2, 2))})


def no_cell_array(root):
    path = root / "Human3.6M/S9/MySegmentsMat/ground_truth_bs/Walking 1.54138969.mat"
    with h5py.File(path, "w") as file:
        file["Masks"] = np.zeros((3, 4))


def transposed_masks(root):
    path = root / "Human3.6M/S9/MySegmentsMat/ground_truth_bs/Walking 1.54138969.mat"
    cells_v73(path, [np.zeros((32, 24), np.uint8)])


@damages(
    (an_older_file, "is not a MATLAB 7.3 file"),
    (no_cell_array, "is no cell array"),
    (transposed_masks, "has 24 x 32 pixels, expected 32 x 24"),
)
def test_damage_is_named(damage, words, tmp_path):
    refuses("human3.6m", tmp_path, damage, words)


def test_human36m_from_videos(real_data, tmp_path):
    video = real_data / "videos/v2v_child-riding.mp4"
    take = "Walking.54138969"
    for subject in ("S1", "S9"):
        link(tmp_path / f"Human3.6M/{subject}/Videos/{take}.mp4", video)
    frames = VideoFrames(video)
    mask = np.zeros(frames.size, np.uint8)
    mask[10:20, 30:50] = 1
    cells_v73(tmp_path / f"Human3.6M/S9/MySegmentsMat/ground_truth_bs/{take}.mat", [mask] * 2)
    h36m = Human36M(Human36M.Params(), Where(tmp_path, tmp_path / "cache"))
    (train,), (test,) = h36m.clips("train"), h36m.clips("test")
    assert train.background.shape == frames[0].shape
    assert len(test.frames) == len(frames)
    truth = h36m.truth("test")[test.name]
    assert list(truth) == list(frames.names[:2])
    assert (truth[frames.names[1]].mask == (mask > 0)).all()
    assert truth[frames.names[1]].boxes is None  # then it is the tight one around the mask


def test_one_camera_has_one_size(tmp_path):
    clips = []
    for name, height in (("a", 24), ("b", 25)):
        frame(tmp_path / f"{name}.png", height)
        clips.append(images_clip(name, [tmp_path / f"{name}.png"]))
    assert empty_scene(clips[:1]).shape == (24, 32, 3)
    with pytest.raises(DataError, match="the clips a and alike differ in size"):
        empty_scene(clips)


def test_a_name_without_a_camera_is_refused(tmp_path):
    def damage(root):
        frame(root / "Human3.6M/S9/Videos/Walking/00000.png")

    refuses("human3.6m", tmp_path, damage, r"is not named <action>\.<camera>")
