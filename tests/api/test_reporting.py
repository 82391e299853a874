import shutil

import pytest

import selfbench
from selfbench.errors import DataError, UsageError
from tests.conftest import TOY


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    selfbench.run(
        "bright,learner", "toy", seed=[0, 1], plugin=TOY, results=folder, quiet=True, workers=1
    )
    return folder


@pytest.fixture
def done(toy, made):
    """Results of their own for each test."""
    shutil.copytree(made, toy["results"])
    return toy


def test_the_table_of_methods(done, tmp_path):
    written = selfbench.report(method="learner,bright", metric="F,J", output=tmp_path, **done)
    assert {path.name for path in written.paths} == {
        "comparison.tex", "comparison.md", "comparison.csv"
    }  # fmt: skip
    assert all(path.parent == tmp_path and path.exists() for path in written.paths)
    lines = written.markdown.splitlines()
    assert [cell.strip() for cell in lines[0].split("|")[1:4]] == ["toy", "F ↑", "J ↑"]
    assert [line.split("|")[1].strip() for line in lines[2:4]] == ["learner", "bright"]
    assert written._repr_markdown_() == written.markdown


def test_options_of_a_report(done):
    written = selfbench.report(settings={"standalone": "true"}, **done)
    tex = next(path for path in written.paths if path.suffix == ".tex")
    assert tex.read_text().startswith("\\documentclass")
    with pytest.raises(UsageError, match="comparison: there is no parameter 'stand'"):
        selfbench.report(settings={"stand": "1"}, **done)
    with pytest.raises(UsageError, match=r"no report 'figre'\. Did you mean figure"):
        selfbench.report("figre", **done)


def test_a_protocol_that_was_not_scored(done):
    with pytest.raises(DataError, match=r"No score has this protocol; there are .*best-J"):
        selfbench.report(threshold="best-F", metric="J", **done)


def test_nothing_that_matches(done, tmp_path):
    with pytest.raises(DataError, match=r"no run of pair below .* Known: bright, learner"):
        selfbench.report(method="pair", **done)
    for nothing in ({"method": "p*"}, {"metric": "MAE"}):
        with pytest.raises(DataError, match="no scores below"):
            selfbench.report(**nothing, **done)


def test_stored_computes_nothing(done):
    results = selfbench.stored(method="bright", metric="J", **done)
    assert set(results.table().metric) == {"J"} and len(results.runs) == 2
    assert len(selfbench.stored(**done).runs) == 4


def test_verify_holds_a_table_against_the_scores(done):
    written = selfbench.report(**done)
    table = next(path for path in written.paths if path.suffix == ".tex")
    checked = selfbench.verify(table, plugin=done["plugin"], results=done["results"])
    assert checked and all(cell.equal for cell in checked)
    first = checked[0]
    table.write_text(table.read_text().replace(first.printed, "0.123 $\\pm$ 0.100", 1))
    checked = selfbench.verify(table, plugin=done["plugin"], results=done["results"])
    assert not all(cell.equal for cell in checked)
    with pytest.raises(DataError, match="cannot be read as text"):
        selfbench.verify(table.with_suffix(".not"), results=done["results"])
