"""The trivial methods in a table, and that the truth reaches none but one that declares it."""

import json

import pytest

NAMES = ["center-box", "empty", "oracle", "random", "whole-frame"]


@pytest.mark.slow
def test_all_of_them_in_a_table(cli, tmp_path):
    done = cli("run", "--method", ",".join([*NAMES, "bright"]), "--dataset", "toy",
               "--results", tmp_path)  # fmt: skip
    assert done.code == 0, done.err
    (bound,) = (line for line in done.out.splitlines() if line.startswith("| oracle "))
    assert [cell.strip() for cell in bound.split("|")[2:-1]] == ["1.000"] * 4
    assert "oracle [sees the truth] is a bound" in done.out
    assert "never ranked" in done.out
    report = cli("report", "--results", tmp_path, "--format", "json", "--method", "oracle")
    records = json.loads(report.out)
    assert records and all(r["sees_truth"] for r in records)
    table = (tmp_path / "comparison.tex").read_text()
    oracle, bright = (next(x for x in table.splitlines() if x.startswith(n))
                      for n in ("oracle", "bright"))  # fmt: skip
    # Two clips are too few for bold: the best is underlined.
    assert "underline" not in oracle and "underline" in bright


SPY = """
from selfbench import Method, Prediction
import numpy as np

class Spy(Method):
    "Looks for the truth wherever it could be."
    name = "spy"
    needs_truth = False
    def fit(self, clips, run):
        assert not run.truth, "fit saw it"
    def predict(self, clip, run):
        assert not run.truth, "predict saw it"
        for frame in clip.frames:
            yield Prediction(np.zeros(frame.shape[:2]))

class Peeker(Spy):
    "Declares that it looks, and says nothing of it itself."
    name = "peeker"
    needs_truth = True
    supervision = ("nothing at all",)
    def predict(self, clip, run):
        assert set(run.truth) == {"test-0", "test-1", "val-0", "val-1"}
        for frame in clip.frames:
            yield Prediction(np.zeros(frame.shape[:2]))
"""


def manifest(results, method):
    return json.loads(next(results.glob(f"toy/{method}/*/seed-0/manifest.json")).read_text())


@pytest.mark.slow
def test_only_a_method_that_declares_it_sees_the_truth(cli, tmp_path):
    (tmp_path / "spies.py").write_text(SPY)
    done = cli("run", "--method", "spy,peeker", "--dataset", "toy", "--results", tmp_path / "r",
               "--plugin", tmp_path / "spies.py")  # fmt: skip
    assert done.code == 0, done.err
    assert manifest(tmp_path / "r", "peeker")["supervision"] == ["the truth", "nothing at all"]
    assert manifest(tmp_path / "r", "spy")["supervision"] == []
    assert "peeker [sees the truth]" in done.out and "spy [" not in done.out


@pytest.mark.slow
def test_another_truth_is_another_cell_for_the_oracle_alone(cli, tmp_path, monkeypatch):
    for version in "12":
        monkeypatch.setenv("TOY_TRUTH", version)
        cli("run", "--method", "oracle,empty", "--dataset", "toy", "--results", tmp_path)
    assert len(list(tmp_path.glob("toy/oracle/*"))) == 2
    assert len(list(tmp_path.glob("toy/empty/*"))) == 1
