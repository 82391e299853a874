"""The scripts of benchmarks/ and docs/ start: each imports what there is and answers --help."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(path for name in ("benchmarks", "docs", "docs/research")
               for path in (ROOT / name).glob("*.py"))  # fmt: skip
SCRIPTS = [path for path in FILES if '__name__ == "__main__"' in path.read_text(encoding="utf-8")]
TINY = {"frames": 6, "train_clips": 1, "val_clips": 1, "test_clips": 1}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def run(path: Path, *words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, path, *map(str, words)],
        capture_output=True, text=True, timeout=300, env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip


def test_there_are_scripts():
    assert len(SCRIPTS) > 20
    assert {path.stem for path in FILES} - {path.stem for path in SCRIPTS} == {
        "common", "splits", "synthetic_runs", "timing"
    }  # fmt: skip


@pytest.mark.parametrize("path", FILES, ids=name)
def test_it_uses_the_api_and_not_the_command_line(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    assert not {module for module in imported if module.startswith("selfbench.cli")}


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_its_docstring_says_how_to_call_it(path):
    text = " ".join((ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split())
    assert f"python {name(path)}" in text


@pytest.mark.slow
@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_it_answers_help(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = run(path, "--help")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("usage: ")
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_an_experiment_prints_a_row_per_method_and_data_set(tmp_path):
    settings = [
        word for key, value in TINY.items() for word in ("--set", f"h36m-sim.{key}={value}")
    ]
    script = ROOT / "docs/research/three_seeds.py"
    command = (
        "--method", "center-box,whole-frame", "--dataset", "h36m-sim", "--seed", "0-1",
        "--results", tmp_path, *settings,
    )  # fmt: skip
    done = run(script, *command)
    assert done.returncode == 0, done.stderr
    rows = [line for line in done.stdout.splitlines() if " h36m-sim [frames=6, " in line]
    assert [row.split(" | ")[0] for row in rows] == ["| center-box", "| whole-frame"]
    assert done.stderr.count("done in") == 4
    again = run(script, *command)
    assert again.stderr.count("already done") == 4
    assert again.stdout == done.stdout


@pytest.mark.slow
def test_an_experiment_says_in_one_sentence_what_is_wrong(tmp_path):
    script = ROOT / "docs/research/three_seeds.py"
    done = run(script, "--method", "videopcb", "--dataset", "h36m-sim", "--results", tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ") and "videopca" in done.stderr
    assert "Traceback" not in done.stderr
