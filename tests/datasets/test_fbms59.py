"""FBMS-59: colour and grey masks, numbers in names, and what belongs to no frame."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow

from selfbench.datasets.fbms59 import FBMS59, _number, fbms_truth
from tests.datasets.layouts import mask, square
from tests.datasets.samples import Sized, real
from tests.datasets.trees import damages, made, refuses


def test_fbms_numbers_and_formats(tmp_path):
    fbms = made("fbms-59", tmp_path)
    bear = fbms.truth("train")["bear01"]
    assert list(bear) == ["bear01_0001", "bear01_0005"]  # 7 is beyond the last frame
    assert (bear["bear01_0001"].mask == (square() > 0)).all()  # the pgm beside it is no label
    assert len(np.unique(bear["bear01_0001"].objects)) == 3
    test = fbms.truth("test")
    assert (test["marple2"]["marple2_02"].mask == (square() > 0)).all()  # 60 is dark there
    assert test["tennis"]["tennis002"].mask.all()  # and is not here


@given(st.integers(0, 9999), st.integers(1, 4), st.sampled_from(["", "_gt"]))
def test_numbers_of_names(number, width, end):
    for sequence, underscore in (("bear01", "_"), ("tennis", "")):
        assert _number(f"{sequence}{underscore}{number:0{width}d}{end}", sequence) == number
    assert _number(f"{number:03d}{end}", "marple1") == number


def a_missing_frame(root):
    (root / "FBMS/Testset/tennis/tennis.bmf").write_text("9 1\n")


def a_mask_without_number(root):
    mask(root / "FBMS/Testset/tennis/GroundTruth/first.pgm")


def a_mask_of_a_missing_frame(root):
    mask(root / "FBMS/Testset/tennis/GroundTruth/tennis000.pgm")


def a_mask_of_another_size(root):
    mask(root / "FBMS/Testset/tennis/GroundTruth/tennis002.pgm", np.zeros((10, 10), np.uint8))


@damages(
    (a_missing_frame, "holds 3 frames, expected 9 as tennis.bmf lists"),
    (a_mask_without_number, "'first' has no frame number"),
    (a_mask_of_a_missing_frame, "belongs to no frame: .* has frames 1 to 3, of which 0 is missing"),
    (a_mask_of_another_size, "has 10 x 10 pixels, expected 32 x 24"),
)
def test_damage_is_named(damage, words, tmp_path):
    refuses("fbms-59", tmp_path, damage, words)


def test_fbms_colours(real_data, tmp_path):
    fbms = real(FBMS59, real_data, tmp_path)
    (clip,) = fbms.clips("test")
    truth = fbms.truth("test")["bear01"]
    numbers = ("0001", "0020", "0040", "0060", "0080", "0100")
    assert list(truth) == [f"bear01_{n}" for n in numbers]
    assert len(clip.frames) == 100
    path = real_data / "FBMS/bear01-video/bear01_0020_gt.ppm"
    bear = (np.array(Pillow.open(path)) == (0, 255, 255)).all(axis=2)
    assert (truth["bear01_0020"].mask == bear).all()
    ducks = real_data / "FBMS/ducks01-gt/ducks01_0001_gt.ppm"
    colours = np.array(Pillow.open(ducks))
    ducks_truth = fbms_truth(ducks, Sized(*colours.shape[1::-1]), "ducks01")
    assert len(np.unique(ducks_truth.objects)) == 6  # five ducks and the background
    assert (ducks_truth.mask == (colours != 255).any(axis=2)).all()
