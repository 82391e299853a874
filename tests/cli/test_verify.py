import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from selfbench.cli.main import app

TOY = Path(__file__).parents[1] / "toy.py"


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """Results of two methods and two seeds, and the table printed of them."""
    results = tmp_path_factory.mktemp("results")
    words = ["run", "-m", "bright,learner", "-d", "toy", "--seed", "0-1", "--workers", "1",
             "--plugin", str(TOY), "--results", str(results)]  # fmt: skip
    assert CliRunner().invoke(app, words).exit_code == 0
    return results


@pytest.fixture
def table(cli, printed, tmp_path):
    results = tmp_path / "results"
    shutil.copytree(printed, results)
    assert (
        cli("report", "--results", results, "--set", "intervals=true", "--threshold", "val").code
        == 0
    )
    return results / "comparison.tex"


def verify(cli, table):
    return cli("verify", table, "--results", table.parent)


def test_a_table_as_it_was_printed(cli, table):
    done = verify(cli, table)
    assert done.code == 0, done.err
    assert re.search(r"(\d+) of \1 cells are as stored", done.out)
    assert "± " in cli("report", "--results", table.parent, "--threshold", "val").out


@pytest.mark.parametrize("layout", ["segmentation", "detection", "benchmarks", "ablation"])
def test_every_layout(cli, table, layout):
    assert cli("report", "--results", table.parent, "--set", f"layout={layout}").code == 0
    assert verify(cli, table.parent / f"{layout}.tex").code == 0


def edit(table, pattern, new):
    text = table.read_text()
    changed = re.sub(pattern, new, text, count=1)
    assert changed != text
    table.write_text(changed)


@pytest.mark.parametrize(
    ("pattern", "new"),
    [
        (r"(bright & .*?)\d\.\d\d\d", r"\g<1>0.123"),  # the mean
        (r"(\\pm\$ )0\.\d\d\d", r"\g<1>0.987"),  # the deviation
        (r", \d\.\d\d\d\]", r", 0.001]"),  # the interval
    ],
)
def test_an_edited_number_is_found(cli, table, pattern, new):
    edit(table, pattern, new)
    done = verify(cli, table)
    assert done.code == 1 and done.out.count("differs: ") == 1
    assert "differs: bright, column 1: printed" in done.out and "error: 1 of " in done.err


def test_markup_is_no_difference(cli, table):
    edit(table, r"(bright & )\\?\w*\{?(\d\.\d\d\d)", r"\g<1>\\emph{\g<2>}")
    assert verify(cli, table).code == 0


def test_scores_that_changed(cli, table):
    from selfbench.store.scores import read_infos, write_scores

    folder = next((table.parent / "toy" / "bright").glob("*/seed-0"))
    for info in read_infos(folder):
        halved = tuple(one._replace(value=one.value / 2) for one in info.summaries)
        write_scores(folder, [], replace(info, summaries=halved))
    done = verify(cli, table)
    assert done.code == 1 and "bright" in done.out and "learner" not in done.out


def test_runs_that_are_gone(cli, table):
    shutil.rmtree(table.parent / "toy" / "learner")
    done = verify(cli, table)
    assert done.code == 1 and "its runs are gone" in done.out
    assert "bright" not in done.out


def test_files_that_say_nothing(cli, table, tmp_path):
    edited = tmp_path / "bare.tex"
    edited.write_text("\n".join(
        line for line in table.read_text().splitlines() if not line.startswith("% cell")
    ))  # fmt: skip
    done = verify(cli, edited)
    assert done.code == 1 and "no line '% cell" in done.err
    edit(table, r"% cell 1: .*", "% cell 1: {")
    assert "fits no cell" in verify(cli, table).err
    assert "cannot be read as text" in verify(cli, tmp_path / "none.tex").err


def test_the_comment_is_json_with_the_runs(table):
    found = re.findall(r"^% cell \d+: (.*)$", table.read_text(), re.MULTILINE)
    (term,) = json.loads(found[0])
    assert all((table.parent / run / "scores").is_dir() for run in term["runs"])
