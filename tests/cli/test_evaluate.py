import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from selfbench.media.masks import read_labels
from selfbench.stages.plan import data_places, open_dataset
from tests.files import write_mask

SKIP = {"all": "all", "skip": "skip-ends"}


@pytest.fixture
def reference(real_data) -> Path:
    folder = real_data.parent / "reference" / "davis-2016"
    if not folder.is_dir():
        pytest.skip(f"{folder} is missing: published masks with the official toolkit's figures")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("method", ["osvos", "rvos"])
@pytest.mark.parametrize("official", ["all", "skip"])
def test_official_figures_to_six_digits(cli, reference, real_data, method, official):
    """Every figure of official.csv, per sequence, in both frame conventions."""
    done = cli("evaluate", "--predictions", reference / method, "--dataset", "davis-2016",
               "--data-root", real_data, "--frames", SKIP[official])  # fmt: skip
    assert done.code == 0, done.err
    lines = [line.split() for line in done.out.splitlines() if line and line[0].islower()]
    ours = {line[0]: [float(v) for v in line[1:]] for line in lines}
    with (reference / "official.csv").open() as file:
        rows = [r for r in csv.DictReader(file) if (r["method"], r["frames"]) == (method, official)]
    assert len(rows) == 7
    names = ("J_mean", "J_recall", "J_decay", "F_mean", "F_recall", "F_decay")
    for row in rows:
        assert ours[row["sequence"]] == [float(row[name]) for name in names]
    means = np.mean([[float(row[name]) for name in names] for row in rows], axis=0)
    assert ours["mean"] == pytest.approx(means, abs=1e-6)
    assert f"Frames: {SKIP[official]}" in done.out


@pytest.mark.slow
def test_soft_masks_find_their_threshold(cli, reference, real_data, tmp_path):
    """J of the soft map 170 osvos + 85 rvos at the best of 19 thresholds, as in grid.csv."""
    for path in (reference / "osvos").rglob("*.png"):
        other = reference / "rvos" / path.relative_to(reference / "osvos")
        soft = 170 * (read_labels(path) > 0) + 85 * (read_labels(other) > 0)
        target = tmp_path / path.relative_to(reference / "osvos")
        target.parent.mkdir(exist_ok=True)
        write_mask(target, soft.astype(np.uint8))
    done = cli("evaluate", "--predictions", tmp_path, "--dataset", "davis-2016", "--soft",
               "--data-root", real_data, "--format", "json")  # fmt: skip
    (record,) = [
        r for r in json.loads(done.out)
        if (r["metric"], r["threshold"], r["frames"]) == ("J", "best-J", "all")
        and r["statistic"] == "mean"
    ]  # fmt: skip
    with (reference / "grid.csv").open() as file:
        grid = list(csv.DictReader(file))
    levels = [name for name in grid[0] if name != "sequence"]
    means = [np.mean([float(row[level]) for row in grid]) for level in levels]
    assert record["mean"] == pytest.approx(max(means), abs=1e-8)
    assert record["levels"] == [float(levels[int(np.argmax(means))])]


@pytest.fixture
def predictions(toys, tmp_path) -> Path:
    """Perfect masks of the toy test split."""
    data = open_dataset(toys.entry("datasets", "toy"), {}, data_places(None))
    for clip, frames in data.truth("test").items():
        (tmp_path / "masks" / clip).mkdir(parents=True)
        for frame, truth in frames.items():
            write_mask(tmp_path / "masks" / clip / f"{frame}.png", truth.mask.astype(np.uint8))
    return tmp_path / "masks"


def evaluate(cli, predictions, *more):
    return cli("evaluate", "--predictions", predictions, "--dataset", "toy", *more)


def test_labels_of_any_value_are_foreground(cli, predictions):
    done = evaluate(cli, predictions)
    assert done.code == 0
    assert "Frames: all (every annotated frame)." in done.out
    records = json.loads(evaluate(cli, predictions, "--format", "json").out)
    assert {r["mean"] for r in records if r["statistic"] == "mean"} == {1.0}
    assert {r["threshold"] for r in records} == {"labels"}


def test_scores_kept_beside_other_methods(cli, predictions, tmp_path):
    results = tmp_path / "results"
    cli("run", "-m", "bright", "-d", "toy", "--results", results)
    assert evaluate(cli, predictions, "--results", results, "--name", "theirs_1").code == 0
    done = cli("report", "--results", results)
    assert "| theirs\\_1 " in done.out and "| bright " in done.out
    assert "theirs\\_1" in (results / "comparison.tex").read_text()


def test_one_sequence(cli, predictions):
    shutil.rmtree(predictions / "test-1")
    assert evaluate(cli, predictions, "--sequences", "test-0").code == 0
    done = evaluate(cli, predictions, "--sequences", "tset-0")
    assert done.code == 2 and "Did you mean test-0" in done.err


def test_incomplete_folders_are_refused_with_a_list(cli, predictions):
    (predictions / "test-0" / "00002.png").unlink()
    shutil.rmtree(predictions / "test-1")
    shutil.copy(predictions / "test-0" / "00001.png", predictions / "test-0" / "1.png")
    done = evaluate(cli, predictions)
    assert done.code == 1
    assert "7 masks are missing (test-0/00002.png, test-1/00000.png" in done.err
    assert "1 masks belong to no frame (test-0/1.png)" in done.err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda p: write_mask(p, np.zeros((5, 7), np.uint8)), "is 7x5 pixels"),
        (lambda p: Image.new("RGB", (32, 24), (128, 0, 0)).save(p), "colour image"),
        (lambda p: Image.fromarray(np.zeros((24, 32), np.uint16)).save(p), "8 bits"),
        (lambda p: p.write_bytes(p.read_bytes()[:40]), "00003.png"),
        (lambda p: p.write_bytes(b""), "empty"),
    ],
)
def test_misshapen_masks_are_named(cli, predictions, make, said):
    make(predictions / "test-0" / "00003.png")
    done = evaluate(cli, predictions)
    assert done.code == 1 and "00003.png" in done.err and said in done.err
    assert len(done.err.splitlines()) == 1


def test_no_folder(cli, tmp_path):
    done = evaluate(cli, tmp_path / "nothing")
    assert done.code == 1 and "is not a folder of masks" in done.err


def test_a_part_of_the_protocols(cli, predictions):
    done = evaluate(cli, predictions, "--metric", "J")
    assert "F mean" not in done.out and "J decay" in done.out
