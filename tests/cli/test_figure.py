import shutil
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from selfbench.cli.main import app
from selfbench.stages.figures import _marks, make_rows, newest_runs
from selfbench.stages.plan import data_places, open_dataset
from selfbench.training.devices import TorchDevices
from tests.toy import square

TOY = Path(__file__).parents[1] / "toy.py"


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    words = ["run", "-m", "bright,learner", "-d", "toy", "--plugin", str(TOY), "--results",
             str(folder)]  # fmt: skip
    assert CliRunner().invoke(app, words).exit_code == 0
    return folder


def make(cli, results, out, *words):
    return cli("figure", "-d", "toy", "--results", results, "--output", out, *words)


def test_rows_of_frames(cli, results, tmp_path):
    done = make(cli, results, tmp_path, "-m", "learner,bright", "--rows", "3")
    assert done.code == 0, done.err
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "figure-toy.pdf", "figure-toy.png", "figure-toy.tex",
    ]  # fmt: skip
    tex = (tmp_path / "figure-toy.tex").read_text()
    assert "(b) Soft mask of learner. (c) Soft mask of bright. (d) Truth." in tex
    assert "test-0/00002, test-1/00000, test-1/00004" in tex, "evenly over 2 clips of 6 frames"


def test_how_a_method_decided_comes_from_its_stored_weights(results, toys):
    """The toy learner's dot has weight 1 only if its weights were loaded; bright draws nothing."""
    learner, bright = newest_runs(results, "toy", ["learner", "bright"], 0)
    dataset = open_dataset(toys.entry("datasets", "toy"), {}, data_places(None))
    clips = {clip.name: clip for clip in dataset.clips("test")}
    places = [("test-1", "00003"), ("test-0", "00001")]
    found = _marks(learner, clips, places, toys, TorchDevices("cpu"))
    assert set(found) == set(places)
    assert [marks.dots[0, 2] for marks in found.values()] == [1, 1]
    assert _marks(bright, clips, places, toys, TorchDevices("cpu")) == {}


def test_the_box_is_drawn_on_the_frame_and_the_frame_is_left_alone(results, toys):
    (learner,) = newest_runs(results, "toy", ["learner"], 0)
    dataset = open_dataset(toys.entry("datasets", "toy"), {}, data_places(None))
    (row,) = make_rows([learner], dataset, [("test-0", "00002")], toys, TorchDevices("cpu"))
    frame = dataset.clips("test")[0].frames[2]
    red = (row.detection == (255, 40, 40)).all(axis=2)
    ys, xs = np.nonzero(red)
    assert (xs.min(), ys.min(), xs.max(), ys.max()) == (0, 0, 9, 9), "the learner's own box"
    assert (row.detection[~red] == frame[~red]).all()
    assert (row.truth == square(2)).all() and row.masks[0].shape == (24, 32)


def test_a_changed_method_is_another_and_another_version_is_refused(cli, results, tmp_path):
    copy = tmp_path / "results"
    shutil.copytree(results, copy)
    for words in (("--set", "gain=2"), ("--set", "toy.clips=3", "-m", "learner")):
        assert cli("run", "-m", "bright", "-d", "toy", *words, "--results", copy).code == 0
    assert [run.name for run in newest_runs(copy, "toy", [], 0)] == [
        "bright", "bright [gain=2.0]", "learner",
    ]  # fmt: skip
    assert len(newest_runs(copy, "toy [clips=3]", [], 0)) == 2
    for manifest in (copy / "toy" / "learner").glob("*/seed-0/manifest.json"):
        manifest.write_text(manifest.read_text().replace('"frames": "toy-2"', '"frames": "toy-9"'))
    done = make(cli, copy, tmp_path / "out")
    assert done.code == 1 and "different versions of toy" in done.err


def test_chosen_frames_in_their_order(cli, results, tmp_path):
    done = make(cli, results, tmp_path, "--frame", "test-1/00004", "--frame", "test-0/00002")
    assert done.code == 0, done.err
    assert "test-1/00004, test-0/00002" in (tmp_path / "figure-toy.tex").read_text()


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("--frame", "test-9/00004"), "no frame of toy test, expected CLIP/FRAME"),
        (("--frame", "00004"), "expected CLIP/FRAME"),
        (("-m", "pair"), "no finished run of pair on toy with seed 0"),
        (("--seed", "7"), "with seed 7"),
    ],
)
def test_what_is_not_there(cli, results, tmp_path, words, text):
    done = make(cli, results, tmp_path, *words)
    assert done.code in (1, 2) and text in done.err, done.err
