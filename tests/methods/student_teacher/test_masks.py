"""Files of masks: made once, resized, of eight bits."""

import numpy as np
import pytest
import torch

from selfbench.methods.student_teacher.masks import (
    cached_masks,
    eight_bits,
    resize,
    teacher_masks,
)


def test_masks_are_made_once_and_mapped(tmp_path):
    path, calls = tmp_path / "a" / "masks.npy", []

    def masks():
        calls.append(1)
        yield np.full((30, 50), 200, np.uint8)
        yield np.zeros((10, 10), np.uint8)

    first = cached_masks(masks, 2, 8, path)
    again = cached_masks(masks, 2, 8, path)
    assert calls == [1] and isinstance(again, np.memmap)
    assert first.shape == (2, 8, 8) and first.dtype == np.uint8
    assert (first[0] == 200).all() and not first[1].any()


def test_a_file_that_was_not_finished_is_made_again(tmp_path):
    path = tmp_path / "masks.npy"

    def broken():
        yield np.zeros((8, 8), np.uint8)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cached_masks(broken, 2, 8, path)
    assert not path.exists()


def test_a_teacher_is_asked_clip_after_clip():
    assert list(teacher_masks(["a", "b"], lambda clip: [clip + "0", clip + "1"])) == [
        "a0", "a1", "b0", "b1",
    ]  # fmt: skip


def test_resizing_averages_down_and_interpolates_up():
    x = torch.tensor([[0.0, 1.0], [1.0, 0.0]])[None, None]
    assert resize(x, 1).item() == 0.5
    assert resize(x, 2) is x
    assert resize(x, 4).shape == (1, 1, 4, 4) and resize(x, 4).max() == 1


def test_eight_bits_are_rounded():
    soft = torch.tensor([0.0, 0.5, 0.999, 1.0]).view(1, 1, 2, 2)
    assert eight_bits(soft).tolist() == [[[0, 128], [255, 255]]]
