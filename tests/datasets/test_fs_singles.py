"""FS-Singles in the layout we define for it."""

import pickle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from selfbench.contracts import Where
from selfbench.datasets.fs_singles import FSSingles
from selfbench.errors import DataError, UsageError


def dataset(root: Path | None) -> FSSingles:
    return FSSingles(FSSingles.Params(), Where(root, Path("cache")))


def save(path: Path, value: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Pillow.fromarray(np.full((6, 8), value, np.uint8)).save(path)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """One or two sequences of three frames per split, and one mask."""
    folder = tmp_path / "FS-Singles"
    for sequence in ("train/seq2", "train/seq10", "val/a", "test/b"):
        for i in range(3):
            save(folder / sequence / f"{i}.jpg", i)
    save(folder / "masks/b/1.png", 255)
    return tmp_path


def test_splits_and_annotated_frames(root: Path) -> None:
    skaters = dataset(root)
    assert [clip.name for clip in skaters.clips("train")] == ["seq2", "seq10"]
    assert [clip.name for clip in skaters.clips("val")] == ["a"]
    (clip,) = skaters.clips("test")
    assert list(clip.frames.names) == ["0", "1", "2"]
    truth = skaters.truth("test")
    assert {name: list(masks) for name, masks in truth.items()} == {"b": ["1"]}
    mask = truth["b"]["1"].mask
    assert mask is not None
    assert mask.all()
    assert skaters.truth("train") == {}
    assert b"masks" not in pickle.dumps(clip)
    assert [c.name for c in dataset(root / "FS-Singles").clips("val")] == ["a"]


def test_fingerprints(root: Path) -> None:
    frames, truth = dataset(root).frames_fingerprint(), dataset(root).truth_fingerprint()
    save(root / "FS-Singles/masks/b/2.png", 0)
    assert dataset(root).frames_fingerprint() == frames
    assert dataset(root).truth_fingerprint() != truth
    save(root / "FS-Singles/val/a/3.jpg", 3)
    assert dataset(root).frames_fingerprint() != frames


@pytest.mark.parametrize("given", [True, False])
def test_without_data_the_error_says_what_to_do(tmp_path: Path, given: bool) -> None:
    with pytest.raises(DataError) as caught:
        dataset(tmp_path if given else None).clips("test")
    for words in ("on request", "Katircioglu", "--data-root", "SELFBENCH_DATA", "fs-singles-sim"):
        assert words in str(caught.value)


def test_what_does_not_fit_is_named(root: Path) -> None:
    folder = root / "FS-Singles"
    with pytest.raises(UsageError, match=r"no split 'tests'\. Did you mean test"):
        dataset(root).clips("tests")
    save(folder / "masks/b/7.png", 255)
    with pytest.raises(DataError, match=r"7\.png belongs to no frame"):
        dataset(root).truth("test")
    save(folder / "test/a/0.jpg", 0)
    with pytest.raises(DataError, match="'a' in both test and val"):
        dataset(root).clips("test")
    for path in [*(folder / "val/a").iterdir(), *(folder / "test/a").iterdir()]:
        path.unlink()
    (folder / "test/a").rmdir()
    with pytest.raises(DataError, match=r"holds no frames of its split .val.;"):
        dataset(root).clips("val")
