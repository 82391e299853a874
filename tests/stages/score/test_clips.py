import numpy as np
import pytest

from selfbench.contracts import Truth
from selfbench.errors import DataError
from selfbench.stages.score.clips import CHUNK, ScoredClip, annotated, predicted
from tests.files import write_mask


def test_clips_without_truth_are_left_out(clip):
    assert annotated([clip, ScoredClip("b", ["0"], {}, clip.masks)]) == [clip]


def test_chunks_hold_every_annotated_frame_once(clip):
    chunks = list(clip.chunks())
    assert [len(chunk.truth) for chunk in chunks] == [CHUNK, len(clip.truth) - CHUNK]
    assert [name for chunk in chunks for name in chunk.truth] == list(clip.truth)
    assert all(chunk.frames == clip.frames for chunk in chunks)


def test_chunks_load_no_truth(clip):
    class Unloaded(dict):
        def __getitem__(self, name):
            raise AssertionError("loaded before its turn")

    lazy = ScoredClip("a", clip.frames, Unloaded(clip.truth), clip.masks)
    assert len(list(lazy.chunks())) == 2


def test_a_mask_of_another_size_than_the_truth_is_named(tmp_path):
    write_mask(tmp_path / "0.png", np.zeros((4, 5), np.uint8))
    truth = Truth(np.zeros((4, 6), bool))
    clip = ScoredClip("a", ["0"], {"0": truth}, tmp_path)
    with pytest.raises(DataError, match="is 5x4 pixels, but the truth of this frame is 6x4"):
        predicted(clip, "0", truth)
