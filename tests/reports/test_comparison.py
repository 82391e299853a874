import csv
import io
import re

import pytest

from selfbench.contracts import Record
from selfbench.reports.comparison import Comparison
from selfbench.reports.latex import escape
from selfbench.reports.table import make_table


def record(method, dataset="d", metric="J", mean=0.5, **more) -> Record:
    values = dict(
        method=method, dataset=dataset, metric=metric, statistic="mean", threshold="best-J",
        frames="all", boxes="", mean=mean, std=None, seeds=(0,), clips=2, keys=("k",),
        levels=(0.5,), usual_threshold=True, usual_frames=True, usual_boxes=True,
        lower_is_better=False, protocol=f"what {metric} means",
    )  # fmt: skip
    return Record(**(values | more))


def lines(records, **options) -> list[str]:
    report = Comparison(Comparison.Params(bold="best", **options))
    return report.render(records)["comparison.tex"].splitlines()


def test_best_bold_second_underlined_missing_a_dash():
    records = [
        record("a", mean=0.7), record("b", mean=0.9), record("c", mean=0.8),
        record("a", "e", mean=0.2), record("b", "e", mean=0.1),
    ]  # fmt: skip
    tex = lines(records)
    assert r"a & 0.700 & \textbf{0.200} \\" in tex
    assert r"b & \textbf{0.900} & \underline{0.100} \\" in tex
    assert r"c & \underline{0.800} & -- \\" in tex


def test_grouped_headers():
    tex = lines([record("a"), record("a", metric="F"), record("a", "e")])
    assert r"& \multicolumn{2}{c}{d} & \multicolumn{1}{c}{e} \\" in tex
    assert r"\cmidrule(lr){2-3} \cmidrule(lr){4-4}" in tex
    assert r"Method & J $\uparrow$ & F $\uparrow$ & J $\uparrow$ \\" in tex


def test_less_is_better():
    tex = lines([record("a", mean=0.1, lower_is_better=True),
                 record("b", mean=0.2, lower_is_better=True)])  # fmt: skip
    assert r"a & \textbf{0.100} \\" in tex and r"Method & J $\downarrow$ \\" in tex


def test_equal_as_printed_is_equal_in_rank():
    tex = lines([record("a", mean=0.70001), record("b", mean=0.70002), record("c", mean=0.1)])
    assert r"a & \textbf{0.700} \\" in tex and r"b & \textbf{0.700} \\" in tex
    assert r"c & 0.100 \\" in tex, "two firsts leave no second"


def test_one_method_is_not_the_best_of_anything():
    assert r"a & 0.500 \\" in lines([record("a")])


def test_seeds():
    tex = lines([record("a", mean=0.5, std=0.0123, seeds=(0, 1, 2))])
    assert r"a & 0.500 $\pm$ 0.012 \\" in tex


def test_not_a_number_is_missing():
    assert r"a & -- \\" in lines([record("a", mean=float("nan")), record("b")])


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a_b", r"a\_b"),
        ("50%&#$", r"50\%\&\#\$"),
        ("{x}~^", r"\{x\}\textasciitilde{}\textasciicircum{}"),
        ("c:\\d", r"c:\textbackslash{}d"),
        ("m [k=1]", "m {[}k=1]"),
    ],
)
def test_names_are_escaped(text, escaped):
    assert escape(text) == escaped
    assert any(line.startswith(f"{escaped} &") for line in lines([record(text)]))


def test_columns_of_several_protocols_say_which():
    table = make_table([record("a"), record("a", threshold="0.5")])
    assert [measure for _, measure in table.columns] == ["J best-J", "J 0.5"]
    table = make_table([record("a"), record("a", statistic="recall")])
    assert [measure for _, measure in table.columns] == ["J", "J recall"]


def test_notes_state_the_protocol():
    notes = " ".join(make_table([record("a", boxes="mask", threshold="val")]).notes)
    assert "what J means" in notes and "validation split" in notes and "largest component" in notes
    assert "2 clips" in notes and "frames all" in notes


def test_markdown_is_aligned_and_escaped():
    text = Comparison().render([record("a|b_c"), record("d")])["comparison.md"]
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len({len(re.sub(r"<.*?>", "", row)) for row in rows}) <= 2
    assert r"a\|b\_c" in text


def test_csv_keeps_full_precision_and_the_protocol():
    text = Comparison().render([record("a", mean=1 / 3)])["comparison.csv"]
    (row,) = csv.DictReader(io.StringIO(text))
    assert float(row["mean"]) == 1 / 3
    assert (row["threshold"], row["frames"], row["seeds"]) == ("best-J", "all", "0")
