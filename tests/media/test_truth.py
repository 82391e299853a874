"""Truth on disk: loaded when asked for, and refused where it does not fit its frame."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from selfbench.contracts import Truth
from selfbench.errors import DataError
from selfbench.media.frames import FilesIn, ImageFrames
from selfbench.media.truth import (
    LazyTruth,
    PerFile,
    box_truth,
    grey_truth,
    mask_truth,
    sparse_truth,
)
from tests.files import write_mask
from tests.media.images import COLOURS, save

MASK = np.zeros((6, 8), np.uint8)
MASK[1:3, 2:5] = 255


@pytest.fixture
def frames(tmp_path):
    return ImageFrames([save(tmp_path / f"frames/{i}.png", COLOURS) for i in range(3)])


def test_truth_is_loaded_anew_each_time_and_never_before():
    calls = []

    def load():
        calls.append(1)
        return Truth(boxes=np.zeros((0, 4)))

    truth = LazyTruth({"a": load, "b": load})
    assert list(truth) == ["a", "b"] and len(truth) == 2 and not calls
    assert truth["a"] is not truth["a"] and len(calls) == 2
    with pytest.raises(KeyError):
        truth["c"]


def test_a_loader_per_file_knows_names_alone(tmp_path):
    files = FilesIn(tmp_path, ["1.xml", "2.xml"])
    loaders = PerFile(files, lambda path: path.name)
    assert list(loaders) == ["1", "2"] and len(loaders) == 2
    assert loaders["2"]() == "2.xml"
    with pytest.raises(KeyError):
        loaders["3"]


def test_masks_must_be_binary_and_of_the_frames_size(tmp_path, frames):
    write_mask(tmp_path / "a.png", MASK)
    assert np.array_equal(mask_truth(tmp_path / "a.png", frames).mask, MASK > 0)
    write_mask(tmp_path / "small.png", MASK[:4])
    with pytest.raises(DataError, match=r"small\.png has 8 x 4 pixels, expected 8 x 6"):
        mask_truth(tmp_path / "small.png", frames)
    with pytest.raises(DataError, match=r"small\.png has 8 x 4 pixels"):
        grey_truth([tmp_path / "small.png"], frames)


def test_grey_masks_are_cut_and_told_apart_by_object(tmp_path, frames):
    soft = np.full((6, 8), 100, np.uint8)
    soft[0, 0] = 128
    write_mask(tmp_path / "soft.png", soft)
    write_mask(tmp_path / "mask.png", MASK)
    one = grey_truth([tmp_path / "soft.png"], frames)
    assert np.argwhere(one.mask).tolist() == [[0, 0]] and one.objects is None
    assert grey_truth([tmp_path / "soft.png"], frames, level=100).mask.all()
    both = grey_truth([tmp_path / "soft.png", tmp_path / "mask.png"], frames)
    assert both.objects[0, 0] == 1 and (both.objects[MASK > 0] == 2).all()
    assert np.array_equal(both.mask, both.objects > 0)


def test_boxes_need_no_mask():
    boxes = np.array([[1.0, 2, 3, 4]])
    assert box_truth(boxes).boxes is boxes and box_truth(boxes).mask is None


def test_some_frames_have_a_mask(tmp_path, frames):
    write_mask(tmp_path / "masks/1.png", MASK)
    truth = sparse_truth(tmp_path / "masks", frames)
    assert list(truth) == ["1"] and truth["1"].mask.sum() == 6
    again = pickle.loads(pickle.dumps(truth))
    assert np.array_equal(again["1"].mask, truth["1"].mask)


def test_a_mask_must_belong_to_a_frame(tmp_path: Path, frames):
    write_mask(tmp_path / "masks/11.png", MASK)
    with pytest.raises(DataError, match=r"11\.png belongs to no frame.*Did you mean 1"):
        sparse_truth(tmp_path / "masks", frames)
