"""A table of numbers before it has a format: rows of methods, columns grouped by dataset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from selfbench.contracts import Record

DIGITS = 3


@dataclass(frozen=True)
class Cell:
    """One number as printed, with its place among the column's methods."""

    mean: float | None = None  # None: missing
    std: float | None = None
    place: int | None = None  # 1 best, 2 second; None otherwise or in a column of one

    def text(self, plus_minus: str = "±", missing: str = "–") -> str:
        """Return the number with its deviation, without any mark-up."""
        if self.mean is None:
            return missing
        text = f"{self.mean:.{DIGITS}f}"
        return text if self.std is None else f"{text} {plus_minus} {self.std:.{DIGITS}f}"


@dataclass(frozen=True)
class Table:
    """Methods × (datasets × measures)."""

    methods: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]  # (dataset, measure), a dataset's columns side by side
    cells: tuple[tuple[Cell, ...], ...]  # [method][column]
    lower_is_better: tuple[bool | None, ...]  # per column; None: no value is the better one
    notes: tuple[str, ...]

    def groups(self) -> list[tuple[str, int]]:
        """Return (dataset, how many columns) from left to right."""
        datasets = [dataset for dataset, _ in self.columns]
        return [(name, datasets.count(name)) for name in dict.fromkeys(datasets)]


def to_csv(records: Sequence[Record]) -> str:
    """Return one line per record with its whole protocol, in full precision."""
    rows = pd.DataFrame([vars(record) for record in records])
    for column in ("seeds", "keys", "levels"):
        rows[column] = [" ".join(map(str, values)) for values in rows[column]]
    return str(rows.to_csv(index=False))


def make_table(records: Sequence[Record]) -> Table:
    """Arrange records; a method without a record in a column gets an empty cell there."""
    frame = pd.DataFrame(
        [vars(record) | {"measure": measure(record, records)} for record in records]
    )
    # Columns keep the order in which the records name them: J before F before boxes.
    frame["column"] = list(zip(frame["dataset"], frame["measure"], strict=True))
    methods = tuple(dict.fromkeys(frame["method"]))
    datasets = dict.fromkeys(frame["dataset"])
    columns = tuple(c for d in datasets for c in dict.fromkeys(frame["column"]) if c[0] == d)
    by_column = {column: _column(frame[frame["column"] == column]) for column in columns}
    return Table(
        methods,
        columns,
        tuple(tuple(by_column[c].get(m, Cell()) for c in columns) for m in methods),
        tuple(bool(frame[frame["column"] == c]["lower_is_better"].iloc[0]) for c in columns),
        tuple(_notes(records)),
    )


def measure(record: Record, among: Sequence[Record]) -> str:
    """Return the column's name: the metric, and of its protocol what differs within `among`."""
    words = [record.metric]
    if record.statistic != "mean":
        words.append(record.statistic)
    same = [r for r in among if (r.metric, r.statistic) == (record.metric, record.statistic)]
    same = [r for r in same if (r.dataset, r.method) == (record.dataset, record.method)]
    for field in ("threshold", "frames", "boxes"):
        if len({getattr(r, field) for r in same}) > 1:
            words.append(getattr(record, field) or "any")
    return " ".join(words)


def _column(rows: pd.DataFrame) -> dict[str, Cell]:
    """Rank by what is printed, so that equal numbers share a place."""
    shown = rows["mean"].round(DIGITS).mask(rows["sees_truth"])  # a bound wins nothing
    ranks = shown.rank(method="min", ascending=bool(rows["lower_is_better"].iloc[0]))
    # Two that share the first place leave no second.
    places = [int(r) if r <= 2 and len(rows) > 1 else None for r in ranks.fillna(99)]
    stds = [None if pd.isna(std) else float(std) for std in rows["std"]]
    means = [None if pd.isna(mean) else float(mean) for mean in rows["mean"]]
    return {
        method: Cell(mean, std, place)
        for method, mean, std, place in zip(rows["method"], means, stds, places, strict=True)
    }


def _notes(records: Sequence[Record]) -> list[str]:
    """What must stand under the table for its numbers to mean something."""
    notes = [f"{r.metric}: {r.protocol}" for r in records if r.protocol]
    rules = {r.threshold for r in records}
    for rule in sorted(rules - {""}):
        if rule.startswith("best-"):
            notes.append(
                f"Threshold {rule}: one per method and dataset, the best mean {rule[5:]} of "
                "0.05, 0.10, ..., 0.95 on the evaluation set itself (as in the papers; it sees "
                "the truth)"
            )
        else:
            notes.append(f"Threshold {rule}: {_RULES.get(rule, 'fixed')}")
    for dataset in dict.fromkeys(r.dataset for r in records):
        of = [r for r in records if r.dataset == dataset]
        frames = " and ".join(sorted({r.frames for r in of}))
        clips = " or ".join(str(n) for n in sorted({r.clips for r in of}))
        notes.append(f"{dataset}: {clips} clips, frames {frames}")
    if any(r.boxes == "mask" for r in records):
        notes.append("Boxes of methods without their own: around the mask's largest component")
    for method in dict.fromkeys(r.method for r in records if r.sees_truth):
        notes.append(f"{method} is a bound, no result: it is never ranked")
    seeds = sorted({len(r.seeds) for r in records})
    if seeds != [1]:
        notes.append(f"Mean ± sample standard deviation over {' or '.join(map(str, seeds))} seeds")
    return list(dict.fromkeys(notes))


_RULES = {
    "0.5": "fixed at 0.5",
    "val": "the best of the grid on the validation split",
    "labels": "none, the masks were given as labels; any label above zero is foreground",
}
