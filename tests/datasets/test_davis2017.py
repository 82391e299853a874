"""DAVIS 2017: objects of palette images, void, and lists of sequences."""

import numpy as np
import pytest
from PIL import Image as Pillow

from selfbench.datasets.davis2017 import Davis2017, object_truth
from selfbench.errors import DataError
from selfbench.media.frames import ImageFrames
from tests.datasets.layouts import mask, palette, square
from tests.datasets.samples import Sized, real
from tests.datasets.trees import clip_names, damages, made, opened, refuses


def test_davis_2017_objects_and_void(tmp_path):
    truth = made("davis-2017", tmp_path).truth("val")["dog"]["00001"]
    assert truth.void.sum() == 1
    assert sorted(np.unique(truth.objects)) == [0, 1, 2]
    assert (truth.mask == (square() > 0)).all()


def a_list_of_frames(root):
    (root / "DAVIS/ImageSets/2017/val.txt").write_text("/JPEGImages/480p/dog/00000.jpg /A/0.png\n")


def a_listed_sequence_that_is_missing(root):
    (root / "DAVIS/ImageSets/2017/val.txt").write_text("dog\nblackswan\n")


def coloured_masks(root):
    mask(root / "DAVIS/Annotations_unsupervised/480p/dog/00000.png", np.zeros((24, 32, 3), "u1"))
    path = root / "DAVIS/Annotations_unsupervised/480p/dog/00000.png"
    colours = np.zeros((24, 32, 3), np.uint8)
    colours[..., 0] = 128
    mask(path, colours)


def a_mask_without_frame(root):
    mask(root / "DAVIS/Annotations_unsupervised/480p/dog/00009.png")


@damages(
    (a_list_of_frames, "lists of frames belong to `--dataset davis-2016`"),
    (a_listed_sequence_that_is_missing, "lists 'blackswan'"),
    (coloured_masks, "is a colour image"),
    (a_mask_without_frame, "belongs to no frame"),
)
def test_damage_is_named(damage, words, tmp_path):
    refuses("davis-2017", tmp_path, damage, words)


def test_davis_2017_reads_indices_never_colours(real_data, tmp_path):
    davis = real(Davis2017, real_data, tmp_path)
    assert [clip.name for clip in davis.clips("val")] == ["bike", "bmx-trees"]
    truth = davis.truth("val")
    bike = truth["bike"]["00000"]
    assert sorted(np.unique(bike.objects)) == [0, 1, 2]
    assert (bike.mask == (bike.objects > 0)).all()
    # Each file of judo holds another object, and some lack the last column of their frame.
    masks = sorted((real_data / "DAVIS-2017-samples/cutie/masks/judo").glob("*.png"))
    sizes = [Sized(*Pillow.open(path).size) for path in masks]
    numbers = [set(np.unique(object_truth(p, s).objects)) for p, s in zip(masks, sizes)]
    assert set().union(*numbers) == {0, 1, 2, 3, 4}
    frames = Sized(854)
    with pytest.raises(DataError, match="853 x 480 pixels, expected 854 x 480"):
        object_truth(masks[1], frames)


def test_frames_of_real_layouts_decode(real_data, tmp_path):
    davis = real(Davis2017, real_data, tmp_path)
    for clip in davis.clips("val"):
        assert isinstance(clip.frames, ImageFrames)
        assert clip.frames[0].shape[:2] == clip.frames.size


def test_lists_of_2019_come_before_those_of_2017(tmp_path):
    davis = made("davis-2017", tmp_path)
    assert davis.holds("val") and not davis.holds("test-dev")
    for year, name in (("2017", "bear"), ("2019", "dog")):
        path = tmp_path / f"DAVIS/ImageSets/{year}/test-dev.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{name}\n")
    assert clip_names(opened("davis-2017", tmp_path), "test-dev") == ["dog"]


def test_the_objects_of_2017_lie_in_a_folder_of_their_own(tmp_path):
    made("davis-2017", tmp_path)
    indices = np.zeros((24, 32), np.uint8)
    indices[:5] = 3
    palette(tmp_path / "DAVIS/Annotations/480p/dog/00000.png", indices)
    truth = opened("davis-2017", tmp_path, annotations="semi-supervised").truth("val")["dog"]
    assert list(truth) == ["00000"]
    assert (truth["00000"].objects == indices).all() and truth["00000"].void is None
