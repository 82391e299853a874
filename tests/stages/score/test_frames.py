import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from selfbench.contracts import Truth
from selfbench.contracts.bitmask import BitMask
from selfbench.errors import DataError
from selfbench.media.boxes import largest_component, tight_box
from selfbench.media.thresholds import LEVELS, binarise
from selfbench.metrics.localisation import CorLoc
from selfbench.metrics.region import RegionSimilarity, region_similarity
from selfbench.stages.score.frames import CHUNK, ScoredClip, annotated, choose_level, score_clips
from tests.files import write_mask


@pytest.fixture
def clip(tmp_path):
    """75 frames, every second one annotated: a block whose soft edge is 128."""
    rng = np.random.default_rng(0)
    truth = {}
    names = [f"{i:05d}" for i in range(75)]
    (tmp_path / "a").mkdir()
    for i, name in enumerate(names):
        mask = np.zeros((20, 30), bool)
        mask[5:15, i % 15 : i % 15 + 8] = True
        soft = np.where(mask, rng.integers(140, 256, mask.shape), rng.integers(0, 120, mask.shape))
        write_mask(tmp_path / "a" / f"{name}.png", soft.astype(np.uint8))
        if i % 2 == 0:
            truth[name] = Truth(mask)
    return ScoredClip("a", names, truth, tmp_path / "a")


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


def test_choose_level_equals_the_slow_way(clip):
    def mean_j(level):
        return np.mean(
            [
                region_similarity(
                    BitMask.pack(truth.mask),
                    BitMask.pack(binarise(clip.read(clip.masks / f"{name}.png"), level)),
                )
                for name, truth in clip.truth.items()
            ]
        )

    slow = [mean_j(level) for level in LEVELS]
    assert choose_level(RegionSimilarity(), [clip], 2) == LEVELS[int(np.argmax(slow))]


def test_the_lowest_of_equal_levels_wins(tmp_path):
    mask = np.zeros((8, 8), bool)
    mask[2:5, 2:5] = True
    write_mask(tmp_path / "x.png", np.where(mask, 255, 0).astype(np.uint8))
    clip = ScoredClip("a", ["x"], {"x": Truth(mask)}, tmp_path)
    assert choose_level(RegionSimilarity(), [clip], 1) == 0.05


def test_a_mask_of_another_size_is_named(clip):
    write_mask(clip.masks / "00004.png", np.zeros((10, 10), np.uint8))
    with pytest.raises(DataError, match=r"00004\.png is 10x10 pixels, but the truth .* 30x20"):
        score_clips([clip], [RegionSimilarity()], {"0.5": 0.5}, 2)


def test_clips_without_truth_are_left_out(clip):
    assert annotated([clip, ScoredClip("b", ["0"], {}, clip.masks)]) == [clip]


def test_true_boxes_come_from_the_mask_unless_given(clip):
    wide = {
        name: Truth(t.mask, boxes=np.array([[0.0, 0, 30, 20]])) for name, t in clip.truth.items()
    }
    given_boxes = ScoredClip("a", clip.frames, wide, clip.masks)
    rows = score_clips([given_boxes], [CorLoc()], {"0.5": 0.5}, 1)
    assert {r.value for r in rows} == {0.0}


@given(arrays(bool, array_shapes(min_dims=2, max_dims=2, max_side=12)))
def test_tight_box(mask):
    boxes = tight_box(mask)
    assert len(boxes) == (1 if mask.any() else 0)
    for x0, y0, x1, y1 in boxes.astype(int):
        inside = mask[y0:y1, x0:x1]
        assert inside.sum() == mask.sum()
        assert inside[0].any() and inside[-1].any() and inside[:, 0].any() and inside[:, -1].any()


@given(st.integers(1, 5), st.integers(1, 5))
def test_largest_component(small, large):
    mask = np.zeros((12, 12), bool)
    mask[0:small, 0:small] = True
    mask[6 : 6 + large, 6 : 6 + large] = True
    soft = np.zeros((12, 12), np.uint8)
    soft[6:, 6:] = 51
    boxes, scores = largest_component(mask, soft)
    if large > small:
        assert boxes.tolist() == [[6, 6, 6 + large, 6 + large]]
        assert scores[0] == pytest.approx(0.2)
    nothing, _ = largest_component(np.zeros((3, 3), bool), np.zeros((3, 3), np.uint8))
    assert nothing.shape == (0, 4)


def test_boxes_without_masks_choose_no_threshold(clip):
    boxes = {name: Truth(boxes=np.array([[0.0, 5, 8, 15]])) for name in clip.truth}
    only_boxes = ScoredClip("a", clip.frames, boxes, clip.masks)
    assert choose_level(RegionSimilarity(), [only_boxes], 1) is None
    assert choose_level(RegionSimilarity(), [], 1) is None
    assert choose_level(RegionSimilarity(), [clip, only_boxes], 1) in LEVELS
    rows = score_clips([only_boxes], [RegionSimilarity(), CorLoc()], {"0.5": 0.5}, 1)
    assert {row.metric for row in rows} == {"CorLoc"}


def test_true_boxes_are_cut_at_the_border(clip):
    name = next(iter(clip.truth))  # its block is 0, 5, 8, 15
    far = {name: Truth(boxes=np.array([[-90.0, 5, 8, 15]]))}
    (row,) = score_clips(
        [ScoredClip("a", clip.frames, far, clip.masks)], [CorLoc()], {"0.5": 0.5}, 1
    )
    assert row.value == 1.0
