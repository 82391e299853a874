"""Where the backgrounds of training frames come from: empty scenes, other frames, or nowhere."""

import numpy as np
import pytest

from selfbench.contracts import Clip, Run
from selfbench.media.clips import ResizedFrames
from selfbench.training.devices import TorchDevices
from selfbench.training.frame_cache import cached_frames
from selfbench.vision.background.backgrounds import (
    Backgrounds,
    known_backgrounds,
    stitched_backgrounds,
)
from tests.vision.background.videos import video
from tests.vision.scenes import Frames


def empty_scene(value):
    return np.full((48, 64, 3), value, np.uint8)


def clip(name, count, background=None):
    return Clip(name, Frames([empty_scene(9)] * count), background=background)


def resized(clips):
    owner = np.repeat(np.arange(len(clips)), [len(c.frames) for c in clips])
    return ResizedFrames(clips, np.zeros((len(owner), 12, 16, 3), np.uint8), owner)


def test_known_backgrounds_are_the_empty_scene_of_each_frames_clip():
    clips = [clip("a", 2, empty_scene(10)), clip("b", 3, empty_scene(20))]
    backgrounds = known_backgrounds(resized(clips))
    picked = backgrounds.pick(np.array([4, 0, 1, 2]))
    assert picked.shape == (4, 12, 16, 4)
    assert picked[:, 0, 0, 0].tolist() == [20, 10, 10, 20]
    assert (picked[..., 3] == 255).all(), "all of it is known"


@pytest.mark.parametrize("clips", [[], [clip("a", 2, empty_scene(1)), clip("b", 1)]])
def test_known_backgrounds_need_the_scene_of_every_clip(clips):
    assert known_backgrounds(resized(clips)) is None


def test_a_background_per_frame_can_lie_in_a_file(tmp_path):
    images = np.arange(3, dtype=np.uint8)[:, None, None, None] * np.ones((3, 2, 2, 4), np.uint8)
    np.save(tmp_path / "b.npy", images)
    owner = np.array([0, 0, 1, 1, 1])
    backgrounds = Backgrounds([images[:2] + 50, tmp_path / "b.npy"], owner)
    assert backgrounds.pick(np.array([1, 2, 4]))[:, 0, 0, 0].tolist() == [51, 0, 2]


def test_stitched_backgrounds_show_the_scene(tmp_path):
    frames, empty = video(20)
    lines = []
    run = Run(0, tmp_path, TorchDevices(), lines.append)
    small = cached_frames([Clip("a", Frames(frames))], 64, 48, tmp_path)
    backgrounds = stitched_backgrounds(small, run, "something else happens")
    (background,) = backgrounds.pick(np.array([10]))
    scene = cached_frames([Clip("b", Frames(empty))], 64, 48, tmp_path / "empty").frames[10]
    known = background[..., 3] > 0
    assert known.mean() > 0.5
    assert np.abs(background[..., :3].astype(int) - scene)[known].mean() < 12


def test_frames_that_share_nothing_have_no_stitched_background_and_it_is_said(tmp_path):
    lines = []
    run = Run(0, tmp_path, TorchDevices(), lines.append)
    small = cached_frames([clip("blank", 4)], 64, 48, tmp_path)
    assert stitched_backgrounds(small, run, "an inpainter is trained") is None
    assert lines[-1] == (
        "other frames show 0% of the background: too little, an inpainter is trained"
    )
