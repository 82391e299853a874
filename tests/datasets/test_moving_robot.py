"""One video as a dataset: a file or frames, never both."""

import shutil

from tests.datasets.trees import damages, made, opened, refuses


def test_moving_robot_from_a_video(tmp_path, real_data):
    (tmp_path / "Moving-Robot").mkdir()
    (tmp_path / "Moving-Robot/clip.mp4").symlink_to(real_data / "videos/v2v_child-riding.mp4")
    (clip,) = opened("moving-robot", tmp_path).clips("all")
    assert len(clip.frames) > 1
    assert clip.fps


def a_video_and_frames(root):
    (root / "Moving-Robot/clip.mp4").touch()


@damages(
    (a_video_and_frames, "holds 1 videos and 3 frames; expected one of them"),
)
def test_damage_is_named(damage, words, tmp_path):
    refuses("moving-robot", tmp_path, damage, words)


def test_frames_and_some_masks(tmp_path):
    robot = made("moving-robot", tmp_path)
    (clip,) = robot.clips("all")
    assert clip.name == "robot" and list(clip.frames.names) == ["0", "1", "2"]
    assert list(robot.truth("all")["robot"]) == ["1"]
    assert robot.train_split == robot.test_split == "all"


def test_masks_may_be_missing(tmp_path):
    made("moving-robot", tmp_path)
    shutil.rmtree(tmp_path / "Moving-Robot/masks")
    assert opened("moving-robot", tmp_path).truth("all") == {}
