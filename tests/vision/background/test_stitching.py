"""A square that moves over a textured scene: behind it stands the scene."""

from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from selfbench.contracts import Clip, Run
from selfbench.training.devices import TorchDevices
from selfbench.training.frame_cache import cached_frames
from selfbench.vision.background import stitching
from selfbench.vision.background.cache import known_share, stitched_clips
from selfbench.vision.background.stitching import distances, stitched

H, W, COUNT = 96, 128, 40


def scene(seed=0):
    small = np.random.default_rng(seed).integers(0, 256, (60, 120, 3), np.uint8)
    return cv2.resize(small, (480, 240), interpolation=cv2.INTER_CUBIC)


def camera(t):
    """What the camera sees of the scene at time t: it pans and zooms."""
    zoom = 1 + 0.004 * t
    return np.array([[zoom, 0, -60.0 - 3 * t], [0, zoom, -60.0], [0, 0, 1]])


def video(count=COUNT, pan=camera, seed=0):
    """Return frames with a square, and the same without."""
    frames, empty = [], []
    for t in range(count):
        image = cv2.warpPerspective(scene(seed), pan(t), (W, H))
        empty.append(image)
        image = image.copy()
        x = 20 + 2 * t
        image[30:60, x : x + 15] = (255, 0, 0)
        frames.append(image)
    return frames, empty


class Frames(list):
    @property
    def names(self):
        return [str(i) for i in range(len(self))]


@pytest.fixture
def pool():
    with ThreadPoolExecutor(2) as pool:
        yield pool


def test_the_scene_stands_behind_a_moving_object_under_a_moving_camera(pool):
    frames, empty = video()
    found = list(stitched(Frames(frames), (0, COUNT), W, H, pool))
    assert len(found) == COUNT
    assert found[0].shape == (H, W, 4)
    for t in (5, 20, 33):
        known = found[t][..., 3] > 0
        assert known.mean() > 0.8
        wrong = np.abs(found[t][..., :3].astype(int) - empty[t]).mean(axis=2)
        assert wrong[known].mean() < 8
        square = np.zeros((H, W), bool)
        square[32:58, 22 + 2 * t : 33 + 2 * t] = True
        shown = np.abs(found[t][..., :3].astype(int) - frames[t]).mean(axis=2)
        assert shown[square & known].mean() > 5 * wrong[known].mean(), "the square has gone"


def test_parts_of_a_long_shot_join_without_a_seam(pool, monkeypatch):
    frames, _ = video(24)
    monkeypatch.setattr(stitching, "REACH", 6)
    whole = list(stitched(Frames(frames), (0, 24), W, H, pool))
    monkeypatch.setattr(stitching, "PART", 8)  # keys lie at other frames, so not to the last bit
    parts = list(stitched(Frames(frames), (0, 24), W, H, pool))
    apart = [np.abs(a.astype(int) - b)[..., :3].mean() for a, b in zip(whole, parts)]
    assert max(apart) < 3


def test_what_no_other_frame_shows_is_the_frame_itself_and_not_known(pool):
    blank = [np.full((H, W, 3), 90, np.uint8)] * 6  # nothing to align by
    for found in stitched(Frames(blank), (0, 6), 32, 24, pool):
        assert found.shape == (24, 32, 4)
        assert not found[..., 3].any()
        assert (found[..., :3] == 90).all()
    frames, _ = video(2)
    one, two = stitched(Frames(frames), (0, 2), W, H, pool)
    assert not one[..., 3].any()
    assert (two[..., :3] == frames[1]).all()


def test_distances_fall_to_the_next_key_frame_and_stay_within_reach():
    found = distances()
    assert found == sorted(set(found), reverse=True)
    assert found[-1] == 1
    assert found[0] * stitching.STEP <= stitching.REACH


def test_clips_are_stitched_once_for_all_seeds(tmp_path, monkeypatch):
    monkeypatch.setenv("SELFBENCH_CACHE", str(tmp_path / "cache"))
    clip = Clip("a", Frames(video(12)[0]))
    lines = []
    (first,) = stitched_clips(
        cached_frames([clip], 64, 48, tmp_path / "one"),
        Run(0, tmp_path / "one", TorchDevices(), lines.append),
    )
    stored = np.load(first)
    assert stored.shape == (12, 48, 64, 4)
    assert lines
    (tmp_path / "two").mkdir()
    lines.clear()
    assert stitched_clips(
        cached_frames([clip], 64, 48, tmp_path / "two"),
        Run(1, tmp_path / "two", TorchDevices(), lines.append),
    ) == [first]
    assert not lines
    assert known_share([first]) == pytest.approx((stored[..., 3] > 0).mean())


def test_a_cut_is_never_looked_across(tmp_path, monkeypatch):
    monkeypatch.setenv("SELFBENCH_CACHE", str(tmp_path / "cache"))
    other = [np.full((H, W, 3), (200, 20, 20), np.uint8)] * 4
    clip = Clip("a", Frames([*video(10)[0], *other]))
    (file,) = stitched_clips(
        cached_frames([clip], 64, 48, tmp_path), Run(0, tmp_path, TorchDevices())
    )
    stored = np.load(file)
    assert (stored[10:, ..., :3] == (200, 20, 20)).all()
    assert not stored[10:, ..., 3].any()
