"""PASCAL-S: masks of shares of people, names without leading zeros."""

from selfbench.datasets.pascal_s import PascalS
from tests.datasets.layouts import square
from tests.datasets.samples import real
from tests.datasets.trees import clip_names, damages, made, refuses


def test_pascal_s_half_is_not_reached_by_a_third(tmp_path):
    pascal = made("pascal-s", tmp_path)
    assert clip_names(pascal, "test") == ["1", "2", "10"]
    assert (pascal.truth("test")["10"]["10"].mask == (square() > 0)).all()


def an_image_without_mask(root):
    (root / "PASCAL-S/datasets/masks/pascal/10.png").unlink()


@damages(
    (an_image_without_mask, "1 images of .* have no mask"),
)
def test_damage_is_named(damage, words, tmp_path):
    refuses("pascal-s", tmp_path, damage, words)


def test_single_images_are_clips_in_natural_order(real_data, tmp_path):
    pascal = real(PascalS, real_data, tmp_path)
    names = [clip.name for clip in pascal.clips("test")]
    assert names == [str(n) for n in range(1, 13)]
    assert {len(clip.frames) for clip in pascal.clips("test")} == {1}
    sizes = {clip.frames[0].shape for clip in pascal.clips("test")}
    assert len(sizes) > 1
    assert all(truth[name].mask.any() for name, truth in pascal.truth("test").items())
