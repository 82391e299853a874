"""A table of numbers before it has a format: rows of methods, columns grouped by dataset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from selfbench.contracts import Record
from selfbench.reports.notes import data_notes, protocol_notes
from selfbench.stages.statistics import interval, leads

DIGITS = 3

Bold = Literal["significant", "best"]
Term = tuple[float, Record]  # a factor and the number it belongs to


@dataclass(frozen=True)
class Cell:
    """One number as printed, with its mark among the column's methods."""

    mean: float | None = None  # None: missing
    std: float | None = None
    place: int | None = None  # 1 bold, 2 underlined, by the rule of `Bold`
    interval: tuple[float, float] | None = None
    terms: tuple[Term, ...] = ()  # what the mean is the sum of, so that it can be verified
    words: str = ""  # instead of a number

    def text(self, plus_minus: str = "±", missing: str = "–") -> str:
        """Return the number with its deviation and interval, without any mark-up."""
        if self.mean is None:
            return self.words or missing
        text = f"{self.mean:.{DIGITS}f}"
        if self.std is not None:
            text += f" {plus_minus} {self.std:.{DIGITS}f}"
        if self.interval is not None:
            text += " [{:.{n}f}, {:.{n}f}]".format(*self.interval, n=DIGITS)
        return text


@dataclass(frozen=True)
class Table:
    """Methods × (datasets × measures)."""

    methods: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]  # (dataset, measure), a dataset's columns side by side
    cells: tuple[tuple[Cell, ...], ...]  # [method][column]
    lower_is_better: tuple[bool | None, ...]  # per column; None: no value is the better one
    notes: tuple[str, ...]
    title: str = ""
    caption: tuple[str, ...] = ()  # what a reader must know first: data, seeds, marks
    head: str = "Method"  # what the rows are
    by_dataset: bool = False  # a table of its own for each, of those rows that have a number in it

    def groups(self) -> list[tuple[str, int]]:
        """Return (dataset, how many columns) from left to right."""
        datasets = [dataset for dataset, _ in self.columns]
        return [(name, datasets.count(name)) for name in dict.fromkeys(datasets)]


def to_csv(records: Sequence[Record]) -> str:
    """Return one line per record with its whole protocol, in full precision."""
    rows = pd.DataFrame([vars(record) for record in records]).drop(columns=["per_clip", "params"])
    for column in ("seeds", "keys", "levels", "runs"):
        rows[column] = [" ".join(map(str, values)) for values in rows[column]]
    rows["supervision"] = ["; ".join(r.supervision or ()) for r in records]
    rows["changed"] = ["; ".join(f"{k}={v}" for k, v in r.changed) for r in records]
    ends = [interval(record) or (None, None) for record in records]
    rows["low"], rows["high"] = zip(*ends, strict=True)
    return str(rows.to_csv(index=False))


def make_table(
    records: Sequence[Record], bold: Bold = "significant", intervals: bool = False
) -> Table:
    """Arrange records; a method without a record in a column gets an empty cell there."""
    # Columns keep the order in which the records name them: J before F before boxes.
    named: dict[tuple[str, str], dict[str, Record]] = {}
    for record in records:
        column = (record.dataset, measure(record, records))
        named.setdefault(column, {})[record.method] = record
    datasets = dict.fromkeys(record.dataset for record in records)
    columns = tuple(column for dataset in datasets for column in named if column[0] == dataset)
    methods = tuple(dict.fromkeys(record.method for record in records))
    marked = [mark_best(named[column], bold, intervals) for column in columns]
    return Table(
        methods,
        columns,
        tuple(tuple(cells.get(method, Cell()) for cells in marked) for method in methods),
        tuple(next(iter(named[column].values())).lower_is_better for column in columns),
        tuple(protocol_notes(records)),
        caption=tuple(data_notes(records)),
    )


def mark_best(column: dict[str, Record], bold: Bold, intervals: bool) -> dict[str, Cell]:
    """Return a column's cells; what is printed alike shares a place.

    Published numbers, which have no runs, cannot be tested: of them the best is marked. A bound,
    which saw the truth, wins nothing.
    """
    ranked = {n: r for n, r in column.items() if r.mean == r.mean and not r.sees_truth}
    sign = -1 if any(r.lower_is_better for r in ranked.values()) else 1
    printed = {name: sign * round(r.mean, DIGITS) for name, r in ranked.items()}
    # Two that share the first place leave no second.
    values = printed.values()
    places = {name: 1 + sum(other > value for other in values) for name, value in printed.items()}
    first = [name for name, place in places.items() if place == 1]
    if bold == "significant" and any(record.runs for record in ranked.values()):
        rivals = [r for name, r in ranked.items() if name not in first]
        significant = len(first) == 1 and leads(ranked[first[0]], rivals)
        places = dict.fromkeys(first, 1 if significant else 2)
    if len(ranked) < 2:
        places = {}
    return {name: _cell(r, places.get(name), intervals) for name, r in column.items()}


def _cell(record: Record, place: int | None, intervals: bool) -> Cell:
    if record.mean != record.mean:
        return Cell()
    ends = interval(record) if intervals else None
    marked = place if place in (1, 2) else None
    return Cell(record.mean, record.std, marked, ends, ((1.0, record),))


def measure(record: Record, among: Sequence[Record]) -> str:
    """Return the column's name: the metric, and of its protocol what differs within `among`."""
    words = [record.metric]
    if record.statistic != "mean":
        words.append(record.statistic)
    where = (record.dataset, record.method, record.metric, record.statistic)
    same = [r for r in among if (r.dataset, r.method, r.metric, r.statistic) == where]
    for field in ("threshold", "frames", "boxes"):
        if len({getattr(r, field) for r in same}) > 1:
            words.append(getattr(record, field) or "any")
    return " ".join(words)
