import csv

import pytest

from selfbench.contracts import Ablation, AblationRow, StoredRun
from selfbench.reports.watched import LogPoint, last_values, plain_record, read_watched
from selfbench.training.log import COLUMNS, LOG

WIDE = Ablation("wide", "m", "Wide.", (AblationRow("a", {}), AblationRow("b", {"x": 1})),
                watch=("width", "area"))  # fmt: skip


def logged(folder, row, seed, values, name="width"):
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOG).open("w", newline="") as file:
        lines = [("fit", step, 0.1, name, value) for step, value in values]
        csv.writer(file).writerows([COLUMNS, *lines, ("fit", 0, 0.1, "loss", 9)])
    return StoredRun(folder, {"seed": seed}, "d", row)


def test_only_what_is_watched_is_read(tmp_path):
    run = logged(tmp_path, "a", 3, [(0, 0.5), (10, 0.25)])
    assert read_watched(WIDE, [run]) == [
        LogPoint("a", "d", 3, "width", 0, 0.5), LogPoint("a", "d", 3, "width", 10, 0.25),
    ]  # fmt: skip


def test_a_run_without_a_log(tmp_path):
    assert read_watched(WIDE, [StoredRun(tmp_path, {"seed": 0}, "d", "a")]) == []


def test_the_end_is_the_last_tenth_and_the_mean_over_seeds():
    points = [
        LogPoint("a", "d", seed, "width", step, end if step >= 90 else 7.0)
        for seed, end in ((0, 0.2), (1, 0.4))
        for step in range(0, 101, 10)
    ]
    (record,) = last_values(points, WIDE)
    assert record.mean == pytest.approx(0.3) and record.seeds == (0, 1)
    assert record.std == pytest.approx(0.1414, abs=1e-4)
    assert "last 10%" in record.protocol


def test_columns_in_the_order_of_the_ablation():
    points = [LogPoint(row, "d", 0, name, 1, 0.5) for row in "ab" for name in ("area", "width")]
    shown = [(record.method, record.metric) for record in last_values(points, WIDE)]
    assert shown == [("a", "width"), ("b", "width"), ("a", "area"), ("b", "area")]


def test_a_published_number():
    record = plain_record("a", "theirs", "J", [0.5], (), "as published")
    assert record.mean == 0.5 and record.std is None and record.runs == ()
