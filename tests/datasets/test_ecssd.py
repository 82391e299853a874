"""ECSSD in its published layout."""

from tests.datasets.layouts import frame, square
from tests.datasets.trees import made, refuses


def test_images_with_their_masks(tmp_path):
    ecssd = made("ecssd", tmp_path)
    (clip,) = ecssd.clips("test")
    assert clip.name == "0001" and len(clip.frames) == 1
    assert (ecssd.truth("test")["0001"]["0001"].mask == (square() > 0)).all()
    assert ecssd.train_split == ecssd.test_split, "methods train on the images they are scored on"


def test_an_image_without_mask_is_named(tmp_path):
    def damage(root):
        frame(root / "ECSSD/images/0002.jpg")

    refuses("ecssd", tmp_path, damage, r"1 images of .* have no mask in .*, first 0002\.png")
