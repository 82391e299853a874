"""The procedural twins: repeatable, exact, cached, and silent about the truth."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest

from selfbench.datasets.twins import twin
from selfbench.datasets.twins.fs_singles_sim import FSSinglesSim
from selfbench.datasets.twins.h36m_sim import H36MSim
from selfbench.datasets.twins.handheld_sim import HandheldSim
from selfbench.datasets.twins.render import render
from selfbench.datasets.twins.ski_ptz_sim import SkiPTZSim
from selfbench.datasets.twins.twin import Params, Twin
from selfbench.errors import StoreError, UsageError
from selfbench.params import build
from tests.datasets.twins.twins import SMALL, TWINS, every_twin, make, pixels


@every_twin
def test_two_renders_are_identical(kind: type[Twin], tmp_path: Path) -> None:
    twin._venue.cache_clear()
    first = make(kind, tmp_path / "a")
    one = pixels(first, "train"), pixels(first, "test")
    twin._venue.cache_clear()
    second = make(kind, tmp_path / "b")
    two = pixels(second, "test"), pixels(second, "train")  # in another order
    for a, b in zip(one[0] + one[1], two[1] + two[0], strict=True):
        assert np.array_equal(a, b)
    for clip, frames in first.truth("train").items():
        for name, truth in frames.items():
            assert np.array_equal(truth.mask, second.truth("train")[clip][name].mask)


def test_a_clip_alone_equals_the_same_among_others(tmp_path: Path) -> None:
    many = pixels(make(H36MSim, tmp_path, train_clips=3), "train")
    take = H36MSim.take(build(Params, SMALL, "h36m-sim"), "train", 1)
    assert np.array_equal(many[1][4], render(take, 4)[0])


def test_worker_processes_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = pixels(make(FSSinglesSim, tmp_path / "a"), "train")
    monkeypatch.setattr(twin, "SMALL", 0)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    together = pixels(make(FSSinglesSim, tmp_path / "b"), "train")
    assert all(np.array_equal(a, b) for a, b in zip(alone, together, strict=True))


@every_twin
def test_people_and_paths_differ_between_clips(kind: type[Twin]) -> None:
    params = build(Params, {**SMALL, "train_clips": 8, "test_clips": 4}, kind.name)
    takes = [
        kind.take(params, s, i)
        for s, n in (("train", 8), ("val", 2), ("test", 4))
        for i in range(n)
    ]
    looks = [
        (t.script.outfit.build, t.script.outfit.top.tobytes(), t.script.outfit.bottom.tobytes())
        for t in takes
    ]
    assert len(set(looks)) == len(looks)
    paths = {(t.script.x.tobytes(), t.script.z.tobytes()) for t in takes}
    assert len(paths) == len(takes)


def test_a_known_background_fits_what_is_outside_the_mask(tmp_path: Path) -> None:
    dataset = make(H36MSim, tmp_path, width=96, height=80)
    (clip,), truth = dataset.clips("test"), dataset.truth("test")
    assert clip.background is not None and clip.background.shape == (80, 96, 3)
    for name, picture in zip(clip.frames.names, clip.frames, strict=True):
        mask = truth[clip.name][name].mask
        change = np.abs(picture.astype(int) - clip.background).mean(2)
        assert np.median(change[~mask]) < 8 < np.median(change[mask])


@pytest.mark.parametrize("kind", TWINS[:3], ids=lambda kind: kind.name)
def test_a_moving_camera_knows_no_background(kind: type[Twin], tmp_path: Path) -> None:
    assert make(kind, tmp_path, frames=1).clips("test")[0].background is None


def test_the_cache_is_reused_and_mended(tmp_path: Path) -> None:
    dataset = make(H36MSim, tmp_path)
    before = pixels(dataset, "train")
    files = sorted(tmp_path.rglob("train-*.npy"))
    assert len(files) == 2 * 3
    times = [file.stat().st_mtime_ns for file in files]
    again = make(H36MSim, tmp_path)
    again.clips("train"), again.truth("train")
    assert [file.stat().st_mtime_ns for file in files] == times
    for kind in ("frames", "truth", "background"):
        lost = next(file for file in files if file.name == f"train-01.{kind}.npy")
        content = lost.read_bytes()
        lost.unlink()
        after = pixels(make(H36MSim, tmp_path), "train")
        assert np.array_equal(after[1], before[1]) and lost.read_bytes() == content
    assert not list(tmp_path.rglob("*.tmp"))
    other = make(H36MSim, tmp_path, seed=1)
    assert other._folder != dataset._folder


def test_names_and_splits(tmp_path: Path) -> None:
    dataset = make(FSSinglesSim, tmp_path, frames=2)
    assert [clip.name for clip in dataset.clips("train")] == ["train-00", "train-01"]
    assert list(dataset.clips("val")[0].frames.names) == ["00000", "00001"]
    assert dataset.clips("test")[0].fps == 25
    assert list(dataset.truth("test")["test-00"]) == ["00000", "00001"]
    with pytest.raises(UsageError, match="no split 'testing'"):
        dataset.clips("testing")


def test_a_clip_holds_nothing_of_the_truth(tmp_path: Path) -> None:
    dataset = make(HandheldSim, tmp_path, frames=3)
    clip = dataset.clips("test")[0]
    list(clip.frames)
    data = pickle.dumps(clip)
    assert b"truth" not in data and len(data) < 2000
    copy = pickle.loads(data)
    assert np.array_equal(copy.frames[2], clip.frames[2])
    assert set(vars(clip.frames)) == {"path", "names", "_array"}
    frame = clip.frames[0]
    frame[:] = 0  # a copy: what a method does to it stays with the method
    assert clip.frames[0].any()


def test_fingerprints_follow_parameters_without_rendering(tmp_path: Path) -> None:
    one, same = make(SkiPTZSim, tmp_path), make(SkiPTZSim, tmp_path / "elsewhere")
    other = make(SkiPTZSim, tmp_path, frames=7)
    assert one.frames_fingerprint() == same.frames_fingerprint()
    assert one.frames_fingerprint() != other.frames_fingerprint()
    assert one.frames_fingerprint() != one.truth_fingerprint()
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    "change", [{"width": 31}, {"height": 4096}, {"frames": 0}, {"test_clips": -1}, {"fps": 30}]
)
def test_impossible_parameters_are_refused(change: dict[str, int]) -> None:
    with pytest.raises(UsageError, match="h36m-sim"):
        build(Params, change, "h36m-sim")


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "cache"
    blocked.write_text("a file where a folder should be")
    with pytest.raises(StoreError, match=str(blocked)):
        make(H36MSim, blocked).clips("test")


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(twin.np, "packbits", full)
    with pytest.raises(StoreError, match="the disk is full"):
        make(H36MSim, tmp_path).clips("test")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    shutil.rmtree(tmp_path)
