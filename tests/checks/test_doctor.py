"""The dataset doctor: every kind of damage is reported once, and a sound dataset is left alone."""

import io

import numpy as np
import pytest
from PIL import Image as Pillow

from selfbench.checks.doctor import KINDS, check_dataset
from selfbench.contracts import Where
from selfbench.datasets.davis2016 import Davis2016
from selfbench.datasets.handheld190k import Handheld190k
from selfbench.datasets.imagenet_vid import ImageNetVID
from selfbench.errors import DataError
from tests.checks.pictures import picture


def save(path, image) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Pillow.fromarray(image).save(path)


def square() -> np.ndarray:
    mask = np.zeros((48, 64), np.uint8)
    mask[10:30, 10:30] = 255
    return mask


@pytest.fixture
def root(tmp_path):
    """A sound small dataset: three frames per split, one mask in val and two in test."""
    home = tmp_path / "Handheld190k"
    for k, split in enumerate(("train", "val", "test")):
        for i in range(3):
            save(home / split / f"{split}0" / f"{i}.png", picture(10 * k + i))
    for name in ("val0/0", "test0/0", "test0/2"):
        save(home / f"masks/{name}.png", square())
    return tmp_path


def findings(root, kind=Handheld190k, workers=1):
    dataset = kind(kind.Params(), Where(root, root / ".cache"))
    checkup = check_dataset(dataset, workers)
    # The published counts are never met here.
    kept = [f for f in checkup.findings if f.kind != "differs from the published count"]
    return checkup, kept


def test_a_sound_dataset(root):
    steps = []
    dataset = Handheld190k(Handheld190k.Params(), Where(root, root / ".cache"))
    checkup = check_dataset(dataset, 1, lambda done, total: steps.append((done, total)))
    assert steps == [(3, 9), (6, 9), (9, 9)]
    assert checkup.counts["test"] == (1, 3, 2)
    assert {f.kind for f in checkup.findings} == {"differs from the published count"}
    assert checkup.frames_fingerprint == dataset.frames_fingerprint()
    assert checkup.truth_fingerprint == dataset.truth_fingerprint()
    where = {(f.where, f.detail) for f in checkup.errors}
    assert ("test", "frames: 3, published: 46326") in where


def test_two_processes_find_the_same(root):
    (root / "Handheld190k/test/test0/1.png").write_bytes(b"no image")
    assert findings(root, workers=2)[0] == findings(root)[0]


def test_unreadable_and_cut_short(root):
    path = root / "Handheld190k/train/train0/1.png"
    path.write_bytes(path.read_bytes()[:-200])
    (finding,) = findings(root)[1]
    assert (finding.kind, finding.where) == ("cannot be read", "train0/1")
    assert str(path) in finding.detail


def test_size_mismatch_of_frame_and_mask(root):
    save(root / "Handheld190k/val/val0/2.png", picture(3, 40, 64))
    save(root / "Handheld190k/masks/test0/0.png", square()[:40])
    details = {f.where: f.detail for f in findings(root)[1]}
    assert details.keys() == {"val0/2", "test0/0"}
    assert "64 x 40 pixels" in details["val0/2"]
    assert "expected 64 x 48" in details["test0/0"]


def test_empty_mask_is_a_warning(root):
    save(root / "Handheld190k/masks/test0/0.png", square() * 0)
    checkup, (finding,) = findings(root)
    assert (finding.kind, finding.where) == ("has an empty mask", "test0/0")
    assert finding not in checkup.errors


def test_extra_files(root):
    home = root / "DAVIS"
    lines = []
    for i in range(2):
        save(home / f"JPEGImages/480p/dog/{i:05d}.jpg", picture(i))
        save(home / f"Annotations/480p/dog/{i:05d}.png", square())
        lines.append(f"/JPEGImages/480p/dog/{i:05d}.jpg /Annotations/480p/dog/{i:05d}.png \n")
    save(home / "JPEGImages/480p/dog/00099.jpg", picture(5))
    (home / "ImageSets/480p").mkdir(parents=True)
    (home / "ImageSets/480p/val.txt").write_text("".join(lines))
    (home / "ImageSets/480p/train.txt").write_text("")
    _, (finding,) = findings(root, Davis2016)
    assert finding.kind == "is used by no split"
    assert finding.where.endswith("00099.jpg")


def test_a_split_that_is_broken_does_not_hide_the_others(root):
    save(root / "Handheld190k/masks/val0/77.png", square())
    (root / "Handheld190k/test/test0/1.png").write_bytes(b"")
    places = {f.where for f in findings(root)[1]}
    assert places == {"val", "test0/1"}


def test_boxes_outside(tmp_path):
    home = tmp_path / "ILSVRC2015"
    boxes = ["1 2 30 40", "-4 2 30 40", "70 2 90 40", "9 9 9 20"]
    for i, box in enumerate(boxes):
        save(home / f"Data/VID/val/v/{i:06d}.png", picture(i))
        corners = "".join(
            f"<{name}>{value}</{name}>"
            for name, value in zip(("xmin", "ymin", "xmax", "ymax"), box.split())
        )
        path = home / f"Annotations/VID/val/v/{i:06d}.xml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"<annotation><object><bndbox>{corners}</bndbox></object></annotation>")
    kinds = {f.where: f.kind for f in findings(tmp_path, ImageNetVID)[1] if f.where != "train"}
    assert kinds == {
        "v/000001": "has a box that reaches outside the image",
        "v/000002": "has a box without area in the image",
        "v/000003": "has a box without area in the image",
    }


def test_duplicates_between_train_and_test(root):
    home = root / "Handheld190k"
    save(home / "test/test0/0.png", picture(1))  # as train0/1
    image = Pillow.fromarray(picture(2)).resize((32, 24)).resize((64, 48))
    squeezed = io.BytesIO()
    image.save(squeezed, "JPEG", quality=60)
    save(home / "test/test0/1.png", np.array(Pillow.open(squeezed)))  # as train0/2, nearly
    kinds = {f.where: (f.kind, f.detail) for f in findings(root)[1]}
    assert kinds == {
        "test0/0": ("is the same image in train and test", "as train0/1 of train"),
        "test0/1": ("looks the same in train and test", "as train0/2 of train"),
    }


def test_missing_data_is_an_error_that_says_how_to_get_it(tmp_path):
    with pytest.raises(DataError, match="on request"):
        findings(tmp_path)


def test_every_kind_has_advice():
    assert all(severity in ("error", "warning") and advice for severity, advice in KINDS.values())
