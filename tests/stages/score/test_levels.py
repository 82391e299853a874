import numpy as np

from selfbench.contracts import Truth
from selfbench.contracts.bitmask import BitMask
from selfbench.media.thresholds import LEVELS, binarise
from selfbench.metrics.counts import MeanIoU
from selfbench.metrics.region import RegionSimilarity, region_similarity
from selfbench.stages.score.clips import ScoredClip
from selfbench.stages.score.levels import choose_level
from tests.files import write_mask


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


def test_boxes_without_masks_choose_no_threshold(clip):
    boxes = {name: Truth(boxes=np.array([[0.0, 5, 8, 15]])) for name in clip.truth}
    only_boxes = ScoredClip("a", clip.frames, boxes, clip.masks)
    assert choose_level(RegionSimilarity(), [only_boxes], 1) is None
    assert choose_level(RegionSimilarity(), [], 1) is None
    assert choose_level(RegionSimilarity(), [clip, only_boxes], 1) in LEVELS


def test_the_threshold_is_chosen_as_the_metric_averages(tmp_path):
    """One long clip that wants 0.9 and two short ones that want 0.1."""
    clips = []
    for name, count, inside, outside in (("long", 5, 250, 200), ("x", 1, 60, 0), ("y", 1, 60, 0)):
        mask = np.zeros((4, 4), bool)
        mask[:2] = True
        for i in range(count):
            soft = np.where(mask, inside, outside).astype(np.uint8)
            write_mask(tmp_path / name / f"{i}.png", soft)
        names = [str(i) for i in range(count)]
        clips.append(ScoredClip(name, names, dict.fromkeys(names, Truth(mask)), tmp_path / name))

    def of_clips(level, weights):
        return sum(
            weight * ((255 * level < 250) * (0.5 if 255 * level < 200 else 1)
            if clip.name == "long" else float(255 * level < 60))
            for clip, weight in zip(clips, weights)
        )  # fmt: skip

    assert choose_level(RegionSimilarity(), clips, 1) == max(
        LEVELS, key=lambda v: of_clips(v, (1, 1, 1))
    )
    assert choose_level(MeanIoU(), clips, 1) == max(LEVELS, key=lambda v: of_clips(v, (5, 1, 1)))
    assert binarise(np.full((1, 1), 250, np.uint8), 0.95).all()
