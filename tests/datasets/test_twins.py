"""The procedural twins: repeatable, exact, cached, and silent about the truth."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest

from selfbench.contracts import Where
from selfbench.datasets.twins import twin
from selfbench.datasets.twins.fs_singles_sim import FSSinglesSim
from selfbench.datasets.twins.h36m_sim import H36MSim
from selfbench.datasets.twins.handheld_sim import HandheldSim
from selfbench.datasets.twins.render import empty, render
from selfbench.datasets.twins.ski_ptz_sim import SkiPTZSim
from selfbench.datasets.twins.twin import Params, Twin
from selfbench.errors import StoreError, UsageError
from selfbench.params import build

TWINS = (FSSinglesSim, SkiPTZSim, HandheldSim, H36MSim)
SMALL = {"width": 64, "height": 64, "frames": 6, "train_clips": 2, "val_clips": 1, "test_clips": 1}

every_twin = pytest.mark.parametrize("kind", TWINS, ids=lambda kind: kind.name)


def make(kind: type[Twin], cache: Path, **changes: int) -> Twin:
    return kind(build(Params, {**SMALL, **changes}, kind.name), Where(None, cache))


def pixels(dataset: Twin, split: str) -> list[np.ndarray]:
    return [np.stack(list(clip.frames)) for clip in dataset.clips(split)]


def box(mask: np.ndarray) -> tuple[int, int, int, int]:
    ys, xs = np.nonzero(mask)
    return xs.min(), ys.min(), xs.max() + 1, ys.max() + 1


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


@every_twin
def test_other_seeds_show_other_things(kind: type[Twin]) -> None:
    frames = [
        render(kind.take(build(Params, {**SMALL, "seed": seed}, kind.name), "test", 0), 0)[0]
        for seed in (0, 1)
    ]
    assert not np.array_equal(*frames)


@every_twin
def test_the_person_is_in_the_picture(kind: type[Twin]) -> None:
    params = build(Params, {"width": 96, "height": 96, "frames": 240}, kind.name)
    heights, centres, areas = [], [], []
    for index in range(2):
        take = kind.take(params, "train", index)
        for i in range(0, 240, 6):
            picture, mask = render(take, i)
            assert picture.shape == (96, 96, 3) and picture.dtype == np.uint8
            assert mask.shape == (96, 96) and mask.dtype == bool
            areas.append(mask.mean())
            if mask.any():
                x0, y0, x1, y1 = box(mask)
                heights.append((y1 - y0) / 96)
                centres.append((x0 + x1) / 2 / 96)
    assert len(heights) >= 0.97 * len(areas)
    assert 0.25 < np.median(heights) < 0.65
    assert np.percentile(heights, 98) < 0.9
    assert 0.008 < np.median(areas) < 0.2
    assert np.std(centres) > 0.05  # moves across the frame


@every_twin
def test_the_mask_is_where_the_picture_differs_from_the_venue(kind: type[Twin]) -> None:
    take = kind.take(
        build(Params, {"width": 128, "height": 128, "frames": 40}, kind.name), "val", 0
    )
    inside, outside = [], []
    for i in range(0, 40, 8):
        picture, mask = render(take, i)
        change = np.abs(picture - empty(take, i) * take.vignette).mean(2)
        x0, y0, x1, y1 = box(mask)
        assert mask[y0:y1, x0:x1].sum() == mask.sum()
        inside.append(change[mask].mean())
        outside.append(change[~mask].mean())
    assert np.mean(inside) > 4 * np.mean(outside)
    assert np.mean(inside) > 25


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


@every_twin
@pytest.mark.parametrize("size", [(96, 64), (64, 96), (320, 180)])
def test_any_size_shows_the_same_scene(kind: type[Twin], size: tuple[int, int]) -> None:
    params = build(Params, {"width": size[0], "height": size[1], "frames": 3}, kind.name)
    picture, mask = render(kind.take(params, "train", 0), 1)
    assert picture.shape == (size[1], size[0], 3) and mask.any()
    assert picture.std() > 15


@every_twin
def test_more_pixels_only_add_detail(kind: type[Twin]) -> None:
    small, large = (
        render(
            kind.take(build(Params, {"width": n, "height": n, "frames": 3}, kind.name), "val", 0), 1
        )
        for n in (64, 192)
    )
    shrunk = large[0].reshape(64, 3, 64, 3, 3).mean((1, 3))
    correlation = np.corrcoef(shrunk.ravel(), small[0].ravel())[0, 1]
    assert correlation > 0.9
    coarse = large[1].reshape(64, 3, 64, 3).mean((1, 3)) > 0.5
    assert (coarse & small[1]).sum() / (coarse | small[1]).sum() > 0.75


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
