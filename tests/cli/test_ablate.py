import csv
import io
from pathlib import Path

import pytest

FILES = {f"ablation-gains.{kind}" for kind in ("tex", "md", "csv", "pdf", "png")}


def ablate(cli, results: Path, *more):
    return cli("ablate", "gains", "-d", "toy", "--results", results, *more)


@pytest.mark.slow
def test_every_row_is_run_and_the_table_keeps_their_order(cli, tmp_path):
    done = ablate(cli, tmp_path, "--seed", "0-1")
    assert done.code == 0
    assert done.err.count(": done in") == 4 and "'as it is' on toy, seed 1: done" in done.err
    assert {path.name for path in tmp_path.glob("ablation-*")} == FILES
    rows = [line.split("|")[1].strip() for line in done.out.splitlines() if line.startswith("|")]
    assert rows[2:4] == ["twice", "as it is"]
    assert "nobody's data" in done.out and "The paper on 'twice': too bright" in done.out
    table = list(csv.DictReader(io.StringIO((tmp_path / "ablation-gains.csv").read_text())))
    paper = [(r["method"], float(r["mean"])) for r in table if r["dataset"] == "nobody's data"]
    assert paper == [("twice", 0.25), ("as it is", 0.75)]
    assert {r["seeds"] for r in table if r["dataset"] == "toy"} == {"0 1"}
    assert (tmp_path / "ablation-gains.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "ablation-gains.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.slow
def test_cells_of_run_are_reused_whatever_their_name(cli, tmp_path):
    """bright-x2 is bright with gain 2, the row 'twice'."""
    assert cli("run", "-m", "bright,bright-x2", "-d", "toy", "--results", tmp_path).code == 0
    first = ablate(cli, tmp_path)
    assert first.code == 0 and first.err.count("already done") == 2
    assert ablate(cli, tmp_path).out == first.out
    assert not list(tmp_path.glob("toy/*/*/seed-1"))


def test_settings_reach_every_row(cli, tmp_path):
    assert ablate(cli, tmp_path).code == 0
    done = ablate(cli, tmp_path, "--set", "toy.clips=1")
    assert done.code == 0 and done.err.count(": done in") == 2


def test_reporting_computes_nothing(cli, tmp_path):
    none = ablate(cli, tmp_path, "--no-run")
    assert none.code == 1 and "without --no-run" in none.err
    assert cli("run", "-m", "bright", "-d", "toy", "--results", tmp_path).code == 0
    done = ablate(cli, tmp_path, "--no-run")
    assert done.code == 0 and "Without a result, failed or not run: twice" in done.out
    assert not list(tmp_path.glob("toy/bright-x2")) and len(list(tmp_path.glob("toy/*/*"))) == 1


def test_a_row_that_fails_leaves_the_others(cli, tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(
        "from selfbench import Ablation, AblationRow\n"
        "faults = Ablation(name='faults', method='faulty', summary='Ways to fail.', rows=(\n"
        "    AblationRow('boxes', {'fault': 'boxes'}), AblationRow('none', {'fault': ''})))\n"
    )
    words = ("ablate", "faults", "-d", "toy", "--plugin", file, "--results", tmp_path)
    done = cli(*words)
    assert done.code == 1 and "1 of 2 cells finished; faulty returned boxes of shape" in done.err
    assert "failed or not run: boxes" in done.out
    assert "| boxes " in done.out and "| none " in done.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ablate", "gain", "-d", "toy"), "Did you mean gains"),
        (("ablate", "zzz*", "-d", "toy"), "No ablation matches"),
        (("ablate", "gains", "-d", "toy", "--set", "gain=3"), "rows of the ablation 'gains'"),
        (("ablate", "gains", "-d", "toy", "--set", "bright.gain=3"), "change this parameter"),
        (("ablate", "gains", "-d", "toy", "--set", "gian=3"), "Did you mean gain"),
        (("report", "--report", "ablation"), "selfbench ablate NAME"),
    ],
)
def test_wrong_usage(cli, tmp_path, words, said):
    results = tmp_path / "r"
    if words[0] == "report":
        assert cli("run", "-m", "bright", "-d", "toy", "--results", results).code == 0
    done = cli(*words, "--results", results)
    assert done.code == 2 and said in done.err and len(done.err.splitlines()) == 1
    assert words[0] == "report" or not results.exists()


@pytest.mark.slow
def test_the_starts_of_the_paper_without_their_weights(cli, tmp_path, monkeypatch):
    """Two rows want weights: without them the third runs, and a sentence each says how to go on."""
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr("huggingface_hub.get_session", lambda: None)  # no network
    monkeypatch.setattr("huggingface_hub.try_to_load_from_cache", lambda *names: None)
    few = ("steps", "inpaint_steps", "batch=2", "features=random")
    more = [f"--set={name if '=' in name else name + '=1'}" for name in few]
    done = cli("ablate", "init", "-d", "toy", "--device", "cpu", "--results", tmp_path, *more)
    assert done.code == 1
    (error,) = [line for line in done.err.splitlines() if "no such file" in line]
    assert "1 of 3 cells finished; weights=self-supervised.pth" in error
    assert "The ImageNet weights of resnet50.tv_in1k are neither in" in error
    assert "Without a result, failed or not run: self-supervised, " in done.out


def test_listed_with_its_rows(cli):
    assert "How bright is bright (nobody's Table 1)." in cli("list", "ablations").out
    full = cli("list", "gains").out
    assert "ablation of: bright" in full and "twice" in full and "gain" in full
