"""The layout of datasets that publish none: splits of sequences, masks by the name alone."""

import pytest

from selfbench.contracts import Where
from selfbench.datasets.sparse import SparseDataset
from selfbench.errors import DataError
from tests.datasets.layouts import frame, sparse
from tests.datasets.trees import clip_names


class Toy(SparseDataset):
    """A dataset in this layout."""

    name = "toy"
    folder_names = ("Toy",)
    obtain = "make it"


def toy(root):
    return Toy(Toy.Params(), Where(root, root / ".cache"))


@pytest.fixture
def root(tmp_path):
    sparse(tmp_path, "Toy")
    return tmp_path


def test_sequences_and_some_masks(root):
    frame(root / "Toy/train/seq10/0.png")
    frame(root / "Toy/train/seq9/0.png")
    (root / "Toy/train/empty").mkdir()
    assert clip_names(toy(root), "train") == ["seq9", "seq10", "train0"]
    assert {name: list(t) for name, t in toy(root).truth("test").items()} == {"test0": ["1"]}
    assert toy(root).truth("val") == {}


def test_a_split_may_be_missing(root):
    for path in (root / "Toy/val/val0").iterdir():
        path.unlink()
    (root / "Toy/val/val0").rmdir()
    (root / "Toy/val").rmdir()
    assert not toy(root).holds("val") and toy(root).holds("test")


def test_a_name_is_one_sequences_in_all_splits(root):
    frame(root / "Toy/train/test0/0.jpg")
    with pytest.raises(DataError, match="a sequence 'test0' in both test and train"):
        toy(root).clips("test")
