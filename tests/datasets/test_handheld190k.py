"""Handheld190k in the layout that it shares with FS-Singles."""

import numpy as np

from tests.datasets.layouts import frame, mask, square
from tests.datasets.trees import clip_names, damages, made, refuses


def a_sequence_in_two_splits(root):
    frame(root / "Handheld190k/val/test0/0.jpg")


def a_mask_without_frame(root):
    mask(root / "Handheld190k/masks/test0/17.png")


def a_grey_mask(root):
    mask(root / "Handheld190k/masks/test0/1.png", np.arange(768, dtype="u1").reshape(24, 32))


@damages(
    (a_sequence_in_two_splits, "a sequence 'test0' in both"),
    (a_mask_without_frame, "belongs to no frame"),
    (a_grey_mask, "expected a binary mask"),
)
def test_damage_is_named(damage, words, tmp_path):
    refuses("handheld190k", tmp_path, damage, words)


def test_splits_masks_and_published_counts(tmp_path):
    handheld = made("handheld190k", tmp_path)
    assert [clip_names(handheld, split) for split in ("train", "val", "test")] == [
        ["train0"], ["val0"], ["test0"],
    ]  # fmt: skip
    truth = handheld.truth("test")["test0"]
    assert list(truth) == ["1"] and (truth["1"].mask == (square() > 0)).all()
    assert handheld.expected("test") == (1, 46326, 240)
    assert handheld.stand_in == "handheld-sim"
