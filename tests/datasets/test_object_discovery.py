"""Object Discovery: subsets of 100, images without the object, other archives."""

from selfbench.datasets.object_discovery import ObjectDiscovery
from tests.datasets.layouts import frame, mask
from tests.datasets.samples import real
from tests.datasets.trees import clip_names, damages, made, opened, refuses


def test_object_discovery(tmp_path):
    cars = made("object-discovery", tmp_path)
    assert clip_names(cars, "all") == ["Car100-0001", "Car100-0002"]
    assert not cars.truth("all")["Car100-0002"]["0002"].mask.any()
    every = opened("object-discovery", tmp_path, subset="all")
    assert len(every.clips("all")) == 4
    assert "Car-0002" not in every.truth("all")


def a_mask_without_frame(root):
    mask(root / "ObjectDiscovery-data/Data/Car100/GroundTruth/0099.png")


def two_images_of_one_name(root):
    frame(root / "ObjectDiscovery-data/Data/Car100/0001.bmp")


@damages(
    (a_mask_without_frame, "belong to no image"),
    (two_images_of_one_name, "holds several images named 0001"),
)
def test_damage_is_named(damage, words, tmp_path):
    refuses("object-discovery", tmp_path, damage, words)


def test_object_discovery_reads_bmp(real_data, tmp_path):
    cows = real(ObjectDiscovery, real_data, tmp_path)
    assert len(cows.clips("all")) == 10
    assert cows.clips("all")[0].name.startswith("cow-")
    assert all(t.mask.any() for frames in cows.truth("all").values() for t in frames.values())
