import re

from selfbench.reports.markdown import escape, grid, render
from selfbench.reports.table import make_table
from tests.reports.samples import record


def test_a_block_per_dataset_aligned_and_escaped():
    text = render(make_table([record("a|b_c"), record("d"), record("d", "e")], "best"))
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len({len(re.sub(r"<.*?>", "", row)) for row in rows}) <= 2
    assert r"a\|b\_c" in text and "| d " in text and "| e " in text


def test_best_and_second_and_missing():
    rows = [record("a", mean=0.2), record("b", mean=0.1), record("c", "e")]
    text = render(make_table(rows, "best"))
    assert "**0.200**" in text and "<u>0.100</u>" in text and "–" in text


def test_directions():
    text = render(make_table([record("a"), record("a", metric="T", lower_is_better=True)]))
    assert "J ↑" in text and "T ↓" in text


def test_names_in_one_line():
    assert escape("a\n b*c") == r"a b\*c"
    assert grid([["a", "bb"], ["ccc", "d"]]).splitlines() == [
        "| a   | bb |", "|-----|----|", "| ccc | d  |",
    ]  # fmt: skip
