"""SegTrack v2: the union of anti-aliased masks, in folders per object or not."""

import numpy as np
from PIL import Image as Pillow

from selfbench.datasets.segtrack_v2 import SegTrackV2
from tests.datasets.layouts import frame, mask, square
from tests.datasets.samples import real
from tests.datasets.trees import damages, made, refuses


def test_segtrack_union_of_objects(tmp_path):
    truth = made("segtrack-v2", tmp_path).truth("all")
    assert (truth["penguin"]["penguin_00000"].mask == (square() > 0)).all()
    assert (truth["girl"]["girl_00001"].mask == (square() > 0)).all()


def a_sequence_without_masks(root):
    frame(root / "SegTrackv2/JPEGImages/worm/worm_00000.png")


def a_sequence_without_folder(root):
    (root / "SegTrackv2/ImageSets/all.txt").write_text("*girl\n*frog\n")


def a_mask_without_frame(root):
    mask(root / "SegTrackv2/GroundTruth/penguin/2/penguin_00007.png")


@damages(
    (a_sequence_without_masks, "worm does not exist; expected masks of every sequence"),
    (a_sequence_without_folder, "lists frog, of which there is no folder"),
    (a_mask_without_frame, "belongs to no frame of 'penguin'"),
)
def test_damage_is_named(damage, words, tmp_path):
    refuses("segtrack-v2", tmp_path, damage, words)


def test_segtrack_masks_are_cut_at_half(real_data, tmp_path):
    segtrack = real(SegTrackV2, real_data, tmp_path)
    truth = segtrack.truth("all")["bmx"]
    assert len(truth) == 36
    path = real_data / "SegTrackV2-bmx/masks_bike_only/bmx_06668.png"
    grey = np.array(Pillow.open(path).convert("L"))
    assert len(np.unique(grey)) > 2
    assert (truth["bmx_06668"].mask == (grey >= 128)).all()
