import csv
import io

from selfbench.reports.table import make_table, mark_best, to_csv
from tests.reports.samples import GOOD, POOR, clips_record, record


def places(*records, bold="significant"):
    cells = mark_best({r.method: r for r in records}, bold, False)
    return [cells[r.method].place for r in records]


def test_bold_is_a_lead_that_is_larger_than_chance():
    assert places(clips_record("a", GOOD), clips_record("b", POOR)) == [1, None]
    assert places(clips_record("a", GOOD[:5]), clips_record("b", POOR[:5])) == [2, None], (
        "five clips cannot tell"
    )
    assert places(clips_record("a", GOOD[:5]), clips_record("b", POOR[:5]), bold="best") == [1, 2]


def test_equal_as_printed_is_equal_in_rank():
    rows = [record("a", mean=0.70001), record("b", mean=0.70002), record("c", mean=0.1)]
    assert places(*rows, bold="best") == [1, 1, None], "two firsts leave no second"


def test_less_is_better():
    rows = [record(name, mean=m, lower_is_better=True) for name, m in (("a", 0.1), ("b", 0.2))]
    assert places(*rows, bold="best") == [1, 2]


def test_one_method_is_not_the_best_of_anything():
    assert places(record("a")) == [None]


def test_a_bound_wins_nothing():
    bound = record("oracle", mean=1.0, sees_truth=True)
    assert places(bound, record("a", mean=0.2), record("b", mean=0.1), bold="best") == [None, 1, 2]


def test_published_numbers_cannot_be_tested_so_the_best_is_marked():
    assert places(record("a", mean=0.2), record("b", mean=0.1)) == [1, 2]


def test_a_method_without_a_record_has_an_empty_cell():
    table = make_table([record("a"), record("b", "e")])
    assert [[cell.mean for cell in row] for row in table.cells] == [[0.5, None], [None, 0.5]]
    assert table.groups() == [("d", 1), ("e", 1)]
    assert make_table([record("a", mean=float("nan"))]).cells[0][0].text() == "–"


def test_columns_of_several_protocols_say_which():
    table = make_table([record("a"), record("a", threshold="0.5")])
    assert [measure for _, measure in table.columns] == ["J best-J", "J 0.5"]
    table = make_table([record("a"), record("a", statistic="recall")])
    assert [measure for _, measure in table.columns] == ["J", "J recall"]


def test_the_text_of_a_cell():
    (cell,) = mark_best({"a": record("a", std=0.0123)}, "best", False).values()
    assert cell.text() == "0.500 ± 0.012"
    (cell,) = mark_best({"a": clips_record("a", [0.5, 0.5])}, "best", True).values()
    assert cell.text() == "0.500 [0.500, 0.500]"


def test_csv_keeps_full_precision_and_the_protocol():
    text = to_csv([record("a", mean=1 / 3, changed=(("k", 1),), supervision=("x", "y"))])
    (row,) = csv.DictReader(io.StringIO(text))
    assert float(row["mean"]) == 1 / 3
    assert (row["threshold"], row["frames"], row["seeds"]) == ("best-J", "all", "0")
    assert (row["changed"], row["supervision"], row["low"]) == ("k=1", "x; y", "")
