import numpy as np
import pytest

from selfbench.contracts import Truth
from selfbench.errors import DataError
from selfbench.metrics.localisation import CorLoc
from selfbench.metrics.region import RegionSimilarity
from selfbench.stages.score.clips import CHUNK, ScoredClip
from selfbench.stages.score.frames import score_clips
from tests.files import write_mask


def test_one_row_per_annotated_frame_and_metric(clip):
    rows = score_clips([clip], [RegionSimilarity(), CorLoc()], {"0.5": 0.5}, 1)
    assert [r.frame for r in rows if r.metric == "J"] == list(clip.truth)
    assert {r.value for r in rows} == {1.0}
    assert [r.frame for r in rows if r.end and r.metric == "J"] == ["00000", "00074"]
    assert {(r.threshold, r.boxes) for r in rows} == {("0.5", ""), ("0.5", "mask")}


def test_workers_change_nothing(clip):
    metrics = [RegionSimilarity(), CorLoc()]
    assert len(clip.truth) > CHUNK
    assert score_clips([clip], metrics, {"0.5": 0.5}, 1) == score_clips(
        [clip], metrics, {"0.5": 0.5}, 2
    )


def test_a_mask_of_another_size_is_named(clip):
    write_mask(clip.masks / "00004.png", np.zeros((10, 10), np.uint8))
    with pytest.raises(DataError, match=r"00004\.png is 10x10 pixels, but the truth .* 30x20"):
        score_clips([clip], [RegionSimilarity()], {"0.5": 0.5}, 2)


def test_true_boxes_come_from_the_mask_unless_given(clip):
    wide = {
        name: Truth(t.mask, boxes=np.array([[0.0, 0, 30, 20]])) for name, t in clip.truth.items()
    }
    given_boxes = ScoredClip("a", clip.frames, wide, clip.masks)
    rows = score_clips([given_boxes], [CorLoc()], {"0.5": 0.5}, 1)
    assert {r.value for r in rows} == {0.0}


def test_without_masks_only_boxes_are_scored(clip):
    boxes = {name: Truth(boxes=np.array([[0.0, 5, 8, 15]])) for name in clip.truth}
    only_boxes = ScoredClip("a", clip.frames, boxes, clip.masks)
    rows = score_clips([only_boxes], [RegionSimilarity(), CorLoc()], {"0.5": 0.5}, 1)
    assert {row.metric for row in rows} == {"CorLoc"}


def test_true_boxes_are_cut_at_the_border(clip):
    name = next(iter(clip.truth))  # its block is 0, 5, 8, 15
    far = {name: Truth(boxes=np.array([[-90.0, 5, 8, 15]]))}
    (row,) = score_clips(
        [ScoredClip("a", clip.frames, far, clip.masks)], [CorLoc()], {"0.5": 0.5}, 1
    )
    assert row.value == 1.0
