import json

import numpy as np
import pytest
from faster_coco_eval.core import mask as rle
from PIL import Image

from selfbench.media.masks import read_soft_mask
from selfbench.media.video import VideoFrames


@pytest.fixture
def frames(tmp_path):
    """Five frames of odd size with a bright square that moves."""
    folder = tmp_path / "mine"
    folder.mkdir()
    for i in range(5):
        frame = np.random.default_rng(i).integers(0, 60, (33, 47, 3), np.uint8)
        frame[8:20, 5 + 4 * i : 17 + 4 * i] = 240
        Image.fromarray(frame).save(folder / f"{i:03d}.png")
    return folder


def test_masks_boxes_and_overlay(cli, frames, tmp_path):
    out = tmp_path / "out"
    done = cli("apply", frames, "--method", "bright", "--output", out)
    assert done.code == 0, done.err
    assert str(out / "overlay" / "mine.mp4") in done.out
    coco = json.loads((out / "boxes.json").read_text())
    assert [image["file_name"] for image in coco["images"]][:2] == ["mine/000", "mine/001"]
    for i, annotation in enumerate(coco["annotations"]):
        assert annotation["bbox"] == pytest.approx([5 + 4 * i, 8, 12, 12])
        soft = read_soft_mask(out / "masks" / "mine" / f"{i:03d}.png")
        decoded = rle.decode(annotation["segmentation"])
        assert (decoded == (soft > 127)).all() and decoded.sum() == annotation["area"]
    video = VideoFrames(out / "overlay" / "mine.mp4")
    assert len(video) == 5 and video[0].shape == (34, 48, 3)
    red = video[2].astype(int)
    assert red[14, 19, 0] > red[14, 19, 1] + 40, "the mask is tinted"


def test_of_several_boxes_each_takes_its_part_of_the_mask(cli, frames, tmp_path):
    done = cli("apply", frames, "--method", "pair", "--output", tmp_path / "out")
    assert done.code == 0, done.err
    coco = json.loads((tmp_path / "out" / "boxes.json").read_text())
    left, right = coco["annotations"][4:6]  # frame 2: columns 13 to 25
    assert (left["area"], right["area"]) == (7 * 12, 5 * 12)
    assert rle.decode(left["segmentation"])[8:20, 13:20].all()
    assert rle.decode(right["segmentation"])[8:20, 20:25].all()


def test_the_same_command_again_computes_nothing(cli, frames, tmp_path, monkeypatch):
    words = ("apply", frames, "--method", "bright", "--output", tmp_path / "out")
    cli(*words)
    log = tmp_path / "log"
    monkeypatch.setenv("TOY_LOG", str(log))
    assert cli(*words).code == 0 and not log.exists()


def test_weights_of_a_trained_run(cli, frames, tmp_path, monkeypatch):
    cli("run", "-m", "learner", "-d", "toy", "--results", tmp_path / "results")
    (run,) = (tmp_path / "results").glob("toy/learner/*/seed-0")
    log = tmp_path / "log"
    monkeypatch.setenv("TOY_LOG", str(log))
    done = cli("apply", frames, "--run", run, "--output", tmp_path / "out")
    assert done.code == 0, done.err
    assert not log.exists(), "nothing was fitted"
    coco = json.loads((tmp_path / "out" / "boxes.json").read_text())
    assert coco["annotations"][0]["bbox"] == [0, 0, 10, 10], "the method's own box"


def test_a_method_may_draw_its_marks(cli, frames, tmp_path):
    words = ("apply", frames, "-m", "learner", "--output", tmp_path / "out")
    video = tmp_path / "out" / "overlay" / "mine.mp4"
    for _ in range(2):  # the second time from the stored weights
        done = cli(*words)
        assert done.code == 0, done.err
        picture = VideoFrames(video)[2].astype(int)
        assert picture[28, 40, 2] > picture[28, 40, 0] + 60, "a blue dot"
        video.unlink()


def test_without_a_run_the_method_learns_from_the_video(cli, frames, tmp_path, monkeypatch):
    log = tmp_path / "log"
    monkeypatch.setenv("TOY_LOG", str(log))
    assert cli("apply", frames, "-m", "learner", "--output", tmp_path / "out").code == 0
    assert log.read_text() == "fit\n"


def test_an_output_that_is_a_file(cli, frames, tmp_path):
    (tmp_path / "out").write_text("mine")
    done = cli("apply", frames, "-m", "bright", "--output", tmp_path / "out")
    assert done.code == 1 and "--output" in done.err and "--results" not in done.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "apply needs --method"),
        (("--method", "brigth"), 2, "Did you mean bright"),
        (("--run", "nowhere"), 1, "is not a finished run"),
    ],
)
def test_wrong_usage(cli, frames, tmp_path, words, code, said):
    done = cli("apply", frames, *words, "--output", tmp_path / "out")
    assert done.code == code and said in done.err
