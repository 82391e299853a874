"""YouTube-Objects v2.3: boxed images in the layout of PASCAL VOC."""

from tests.datasets.trees import clip_names, damages, made, refuses


def test_youtube_objects_v23(tmp_path):
    yto = made("youtube-objects-v2.3", tmp_path)
    assert clip_names(yto, "test") == ["cat_00000003"]
    assert clip_names(yto, "train") == ["cat_00000001", "cat_00000002"]


def an_image_that_is_not_there(root):
    (root / "YTOdevkit/YTO/ImageSets/Layout/testYTO.txt").write_text("dog_00000001\n")


def no_list(root):
    (root / "YTOdevkit/YTO/ImageSets/Layout/testYTO.txt").unlink()


@damages(
    (an_image_that_is_not_there, "images that testYTO.txt lists are missing"),
    (no_list, "testYTO.txt is missing"),
)
def test_damage_is_named(damage, words, tmp_path):
    refuses("youtube-objects-v2.3", tmp_path, damage, words)
