import csv
import io
import json

import pytest


@pytest.fixture
def results(cli, tmp_path):
    assert (
        cli("run", "-m", "bright,learner", "-d", "toy", "--seed", "0-1", "--results", tmp_path).code
        == 0
    )
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
