"""A square that moves over a textured scene: behind it stands the scene."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from selfbench.vision.background import stitching
from selfbench.vision.background.stitching import distances, stitched
from tests.vision.background.videos import COUNT, H, W, video
from tests.vision.scenes import Frames


@pytest.fixture
def pool():
    with ThreadPoolExecutor(2) as pool:
        yield pool


def test_the_scene_stands_behind_a_moving_object_under_a_moving_camera(pool):
    frames, empty = video()
    backgrounds = list(stitched(Frames(frames), (0, COUNT), W, H, pool))
    assert len(backgrounds) == COUNT
    assert backgrounds[0].shape == (H, W, 4)
    for t in (5, 20, 33):
        known = backgrounds[t][..., 3] > 0
        assert known.mean() > 0.8
        wrong = np.abs(backgrounds[t][..., :3].astype(int) - empty[t]).mean(axis=2)
        assert wrong[known].mean() < 8
        square = np.zeros((H, W), bool)
        square[32:58, 22 + 2 * t : 33 + 2 * t] = True
        shown = np.abs(backgrounds[t][..., :3].astype(int) - frames[t]).mean(axis=2)
        assert shown[square & known].mean() > 5 * wrong[known].mean(), "the square has gone"


def test_parts_of_a_long_shot_join_without_a_seam(pool, monkeypatch):
    frames, _ = video(24)
    monkeypatch.setattr(stitching, "REACH", 6)
    whole = list(stitched(Frames(frames), (0, 24), W, H, pool))
    monkeypatch.setattr(stitching, "PART", 8)  # keys lie at other frames, so not to the last bit
    parts = list(stitched(Frames(frames), (0, 24), W, H, pool))
    differences = [np.abs(a.astype(int) - b)[..., :3].mean() for a, b in zip(whole, parts)]
    assert max(differences) < 3


def test_what_no_other_frame_shows_is_the_frame_itself_and_not_known(pool):
    blank = [np.full((H, W, 3), 90, np.uint8)] * 6  # nothing to align by
    for background in stitched(Frames(blank), (0, 6), 32, 24, pool):
        assert background.shape == (24, 32, 4)
        assert not background[..., 3].any()
        assert (background[..., :3] == 90).all()
    frames, _ = video(2)
    one, two = stitched(Frames(frames), (0, 2), W, H, pool)
    assert not one[..., 3].any()
    assert (two[..., :3] == frames[1]).all()


def test_distances_fall_to_the_next_key_frame_and_stay_within_reach():
    steps = distances()
    assert steps == sorted(set(steps), reverse=True)
    assert steps[-1] == 1
    assert steps[0] * stitching.STEP <= stitching.REACH
