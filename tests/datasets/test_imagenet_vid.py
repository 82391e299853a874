"""ImageNet-VID: snippets of train lie one folder deeper, frames may have no object."""

from tests.datasets.layouts import voc
from tests.datasets.trees import clip_names, damages, made, refuses


def test_imagenet_vid(tmp_path):
    vid = made("imagenet-vid", tmp_path)
    assert clip_names(vid, "train") == ["t0"]
    truth = vid.truth("val")["v0"]
    assert truth["000000"].boxes.shape == (0, 4)
    assert truth["000001"].boxes.tolist() == [[8, 4, 40, 16]]


def a_broken_file(root):
    (root / "ILSVRC2015/Annotations/VID/val/v0/000001.xml").write_text("<annotation><object>")


def a_missing_corner(root):
    path = root / "ILSVRC2015/Annotations/VID/val/v0/000001.xml"
    voc(path, [(1, 2, 3, 4)])
    path.write_text(path.read_text().replace("<xmax>3</xmax>", ""))


@damages(
    (a_broken_file, "is not an annotation that can be read"),
    (a_missing_corner, "an object has no bndbox/xmax"),
)
def test_damage_is_named(damage, words, tmp_path):
    refuses("imagenet-vid", tmp_path, damage, words)
