"""Stitched backgrounds are computed once for all runs, and never across a cut."""

import numpy as np
import pytest

from selfbench.contracts import Clip, Run
from selfbench.training.devices import TorchDevices
from selfbench.training.frame_cache import cached_frames
from selfbench.vision.background.cache import known_share, stitched_clips
from tests.vision.background.videos import H, W, video
from tests.vision.scenes import Frames


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


def test_the_known_share_weighs_clips_by_their_frames(tmp_path):
    files = []
    for name, count, known in (("a", 3, 255), ("b", 1, 0)):
        clip = np.zeros((count, 4, 4, 4), np.uint8)
        clip[..., 3] = known
        files.append(tmp_path / f"{name}.npy")
        np.save(files[-1], clip)
    assert known_share(files) == 0.75
    assert known_share([]) == 0.0
