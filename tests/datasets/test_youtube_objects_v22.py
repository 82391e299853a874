"""YouTube-Objects v2.2: shots as ranges of numbered frames."""

import numpy as np
from scipy.io import savemat

from tests.datasets.layouts import boxes_v22
from tests.datasets.trees import clip_names, damages, made, refuses


def test_youtube_objects_v22(tmp_path):
    yto = made("youtube-objects-v2.2", tmp_path)
    shots = {clip.name: list(clip.frames.names) for clip in yto.clips("train")}
    assert [len(frames) for frames in shots.values()] == [4, 3]
    assert list(shots.values())[1][0] == "00000005"  # frame 4 stays in the first shot
    assert clip_names(yto, "test") == ["horse-0002-00002"]
    (truth,) = yto.truth("test").values()
    assert len(truth["00000009"].boxes) == 2


def ranges_of_another_shape(root):
    path = root / "YouTube-Objects-v2.2/Ranges/ranges_horse.mat"
    savemat(path, {"ranges": np.zeros((2, 5))})


def a_missing_frame(root):
    (root / "YouTube-Objects-v2.2/horse/00000009.jpg").unlink()


def a_box_of_three_numbers(root):
    path = root / "YouTube-Objects-v2.2/GroundTruth/horse/bb_gtTest_horse.mat"
    boxes_v22(path, "bb_gtTest", [("horse00000009", [[1, 2, 3]])])


@damages(
    (ranges_of_another_shape, r"'ranges' of shape \(2, 5\), expected 3 rows"),
    (a_missing_frame, "1 frames of a shot are missing"),
    (a_box_of_three_numbers, r"have shape \(1, 3\), not N x 4"),
)
def test_damage_is_named(damage, words, tmp_path):
    refuses("youtube-objects-v2.2", tmp_path, damage, words)
