import csv
import io
import json
import shutil

import pytest
from typer.testing import CliRunner

from selfbench.cli.main import app
from tests.conftest import TOY


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    words = ["run", "-m", "bright,learner", "-d", "toy", "--seed", "0-1", "--workers", "1",
             "--plugin", str(TOY), "--results", str(folder)]  # fmt: skip
    assert CliRunner().invoke(app, words).exit_code == 0
    return folder


@pytest.fixture
def results(made, tmp_path):
    """Results of their own for each test."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_json_has_every_protocol(cli, results):
    records = json.loads(cli("report", "--results", results, "--format", "json").out)
    keys = [(r["method"], r["dataset"], r["metric"], r["statistic"], r["threshold"], r["frames"],
             r["boxes"]) for r in records]  # fmt: skip
    assert len(set(keys)) == len(keys)
    assert ("bright", "toy", "J", "decay", "val", "skip-ends", "") in keys
    assert ("learner", "toy", "CorLoc", "mean", "", "all", "own") in keys
    for record in records:
        assert record["seeds"] == [0, 1] and len(record["keys"]) == 2
        assert record["std"] is not None


def test_filters(cli, results):
    done = cli("report", "--results", results, "--metric", "J", "--statistic", "*",
               "--method", "learner", "--threshold", "0.5", "--frames", "skip-ends")  # fmt: skip
    assert done.code == 0
    assert "bright" not in done.out and "J recall ↑" in done.out and "J decay ↓" in done.out
    table = list(csv.DictReader(io.StringIO((results / "comparison.csv").read_text())))
    assert {(r["threshold"], r["frames"]) for r in table} == {("0.5", "skip-ends")}


def test_nothing_there(cli, tmp_path):
    done = cli("report", "--results", tmp_path / "none")
    assert done.code == 1 and "There are no scores below" in done.err


def test_a_protocol_that_was_not_scored(cli, results):
    done = cli("report", "--results", results, "--metric", "J", "--threshold", "x")
    assert done.code == 1 and "threshold 0.5, best-J, val" in done.err


def test_output_elsewhere(cli, results, tmp_path):
    out = tmp_path / "paper"
    assert cli("report", "--results", results, "--output", out).code == 0
    assert sorted(p.name for p in out.iterdir()) == [
        "comparison.csv", "comparison.md", "comparison.tex",
    ]  # fmt: skip


def test_layouts_and_their_files(cli, results, tmp_path):
    done = cli("report", "--results", results, "--set", "layout=detection",
               "--set", "standalone=true", "--set", "published=true",
               "--output", tmp_path / "out")  # fmt: skip
    assert done.code == 0, done.err
    assert r"\documentclass" in (tmp_path / "out" / "detection.tex").read_text()
    assert "report no number on these datasets" in done.out


def test_a_layout_that_does_not_exist(cli, results):
    done = cli("report", "--results", results, "--set", "layout=fancy")
    assert done.code == 2 and "'comparison', 'segmentation'" in done.err
    done = cli("report", "--results", results, "--report", "spread", "--set", "layout=ablation")
    assert done.code == 2 and "spread: there is no parameter 'layout'" in done.err
    done = cli("report", "--results", results, "--set", "comparison.layout=segmentation")
    assert done.code == 0, done.err
    done = cli("report", "--results", results, "--set", "spread.layout=segmentation")
    assert done.code == 2 and "no parameter 'spread.layout'" in done.err


def test_columns_in_the_order_they_are_asked_for(cli, results):
    out = cli("report", "--results", results, "--metric", "F,J").out
    assert out.index("F ↑") < out.index("J ↑")
    out = cli("report", "--results", results, "--metric", "J", "--metric", "F").out
    assert out.index("J ↑") < out.index("F ↑")


def test_missing_cells_failed_runs_and_one_seed(cli, results):
    """A method that fails on one dataset and has one seed: named, and its cells are dashes."""
    failed = cli("run", "-m", "faulty", "-d", "toy", "--results", results)
    assert failed.code == 1
    other = cli("run", "-m", "learner", "-d", "toy", "--set", "toy.clips=3", "--results", results)
    assert other.code == 0
    done = cli("report", "--results", results)
    assert done.code == 0 and "Left out, without scores: toy/faulty/" in done.err
    assert "(failed or unfinished)" in done.err and "faulty" not in done.out
    tex = (results / "comparison.tex").read_text()
    (row,) = [line for line in tex.splitlines() if line.startswith("bright &")]
    assert row.count("--") == row.count("&") // 2
    assert "toy [clips=3]" in done.out and "over 1 or 2 seeds (0, 1)" in done.out


def test_odd_names_in_the_table(cli, results, tmp_path):
    """A dataset whose parameter holds what LaTeX and Markdown would read as commands."""
    frames = tmp_path / 'a_b & 50% $x$ #<i>"é'
    frames.mkdir()
    import cv2
    import numpy as np

    for i in range(3):
        image = np.full((24, 32, 3), 20, np.uint8)
        image[4:12, 4 + i : 12 + i] = 240
        cv2.imencode(".png", image)[1].tofile(frames / f"{i}.png")
        mask = (image[..., 0] > 100).astype(np.uint8) * 255
        (tmp_path / "masks").mkdir(exist_ok=True)
        cv2.imencode(".png", mask)[1].tofile(tmp_path / "masks" / f"{i}.png")
    done = cli("run", "-m", "bright", "-d", "folder", "--set", f"folder.path={frames}",
               "--set", f"folder.masks={tmp_path / 'masks'}", "--results", results)  # fmt: skip
    assert done.code == 0, done.err
    tex = (results / "comparison.tex").read_text()
    assert r"a\_b \& 50\% \$x\$ \#\textless{}i\textgreater{}" in tex
    assert cli("verify", results / "comparison.tex", "--results", results).code == 0


def test_a_figure_is_a_report_like_the_others(cli, results, tmp_path):
    out = tmp_path / "out"
    done = cli("report", "--report", "figure", "--results", results, "-m", "learner,bright",
               "--set", "rows=3", "--set", "seed=1", "--output", out)  # fmt: skip
    assert done.code == 0, done.err
    assert sorted(p.name for p in out.iterdir()) == [
        "figure-toy.pdf", "figure-toy.png", "figure-toy.tex",
    ]  # fmt: skip
    tex = (out / "figure-toy.tex").read_text()
    assert "(b) Soft mask of learner. (c) Soft mask of bright. (d) Truth." in tex
    assert "test-0/00002, test-1/00000, test-1/00004" in tex, "evenly over 2 clips of 6 frames"


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("--set", "frames=test-9/00004"), "no frame of toy test, expected CLIP/FRAME"),
        (("--set", "frames=00004"), "expected CLIP/FRAME"),
        (("-m", "pair"), "pair"),
        (("--set", "seed=7"), "seed 7"),
    ],
)
def test_a_figure_of_what_is_not_there(cli, results, tmp_path, words, text):
    done = cli("report", "--report", "figure", "--results", results, "--output", tmp_path, *words)
    assert done.code in (1, 2) and text in done.err, done.err


def test_a_figure_without_truth_or_scores(cli, tmp_path):
    import numpy as np

    from tests.files import write_frames

    video = write_frames(tmp_path / "clip", [np.full((24, 32, 3), 9, np.uint8)] * 3)
    results = tmp_path / "results"
    done = cli("run", "-m", "bright", "-d", "folder", "--set", f"folder.path={video}",
               "--results", results)  # fmt: skip
    assert done.code == 0 and "No scores, hence no table" in done.err
    done = cli("report", "--report", "figure", "--results", results, "--set",
               "frames=clip/00001", "--output", tmp_path / "out")  # fmt: skip
    assert done.code == 0, done.err
    assert "clip/00001" in next((tmp_path / "out").glob("*.tex")).read_text()
