"""Single images as clips of one frame: names, masks of the same stem, what does not fit."""

import numpy as np
import pytest

from selfbench.datasets.single_images import image_clips, paired
from selfbench.errors import DataError
from selfbench.media.frames import images_in
from tests.datasets.layouts import frame, mask


def test_every_image_is_a_clip_of_its_own(tmp_path):
    for name, size in (("1.jpg", (8, 9)), ("2.png", (5, 4)), ("10.png", (6, 6))):
        frame(tmp_path / name, *size)
    mask(tmp_path / "masks/2.png", np.full((5, 4), 100, np.uint8))
    clips = list(
        image_clips(images_in(tmp_path), {"2": tmp_path / "masks/2.png"}, prefix="car-", level=1)
    )
    assert [clip.name for clip in clips] == ["car-1", "car-2", "car-10"]
    assert [clip.frames.size for clip in clips] == [(8, 9), (5, 4), (6, 6)]
    assert [list(clip.truth) for clip in clips] == [[], ["2"], []]
    assert clips[1].truth["2"]().mask.all()
    assert list(clips[1].annotations) == [tmp_path / "masks/2.png"]


def test_the_level_decides_what_is_foreground(tmp_path):
    frame(tmp_path / "1.jpg", 5, 4)
    mask(tmp_path / "masks/1.png", np.full((5, 4), 100, np.uint8))
    masks = {"1": tmp_path / "masks/1.png"}
    (clip,) = image_clips(images_in(tmp_path), masks)
    assert not clip.truth["1"]().mask.any()


def test_images_and_masks_of_one_folder(tmp_path):
    frame(tmp_path / "1.jpg")
    mask(tmp_path / "1.png")
    (clip,) = paired(tmp_path, tmp_path, "pascal-s")
    assert clip.name == "1" and clip.truth["1"]().mask.any()


def test_every_pair_is_whole(tmp_path):
    frame(tmp_path / "images/1.jpg")
    frame(tmp_path / "images/2.jpg")
    mask(tmp_path / "masks/1.png")
    with pytest.raises(DataError, match=r"ecssd: 1 images of .* have no mask in .*, first 2\.png"):
        list(paired(tmp_path / "images", tmp_path / "masks", "ecssd"))


def test_what_does_not_fit_is_named(tmp_path):
    frame(tmp_path / "1.jpg")
    lost = {str(n): tmp_path / f"masks/{n}.png" for n in range(2, 8)}
    with pytest.raises(DataError, match=r"6 masks in .* belong to no image of .*: 2, 3, 4, \.\.\."):
        list(image_clips(images_in(tmp_path), lost))
    frame(tmp_path / "1.png")
    with pytest.raises(DataError, match="holds several images named 1; expected one per name"):
        list(image_clips(images_in(tmp_path), {}))
