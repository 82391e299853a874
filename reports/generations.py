"""S4 Tables 1 to 3: a row per generation, a column per method, their means, and the gain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from selfbench.contracts import Record
from selfbench.errors import DataError
from selfbench.reports.table import Cell, Table, Term

ROWS = "generation"  # the parameter that tells generations apart ...
LAST = "generations"  # ... and the one that says which is meant by its value 0


def by_generation(table: Table, records: Sequence[Record]) -> Table:
    """Turn methods that differ in their generation into rows.

    Raises:
        DataError: if no method was run with two values of such a parameter.
    """
    found: dict[str, dict[Any, str]] = {}  # what else was set -> generation -> method
    for record in records:
        params = dict(record.params)
        which = params.get(ROWS) or params.get(LAST)
        if which is not None:
            plain = record.method.partition(" [")[0]
            settings = ", ".join(f"{k}={v}" for k, v in record.changed if k not in (ROWS, LAST))
            found.setdefault(settings or plain, {})[which] = record.method
    values = sorted({which for of in found.values() for which in of})
    if len(values) < 2:
        raise DataError(
            f"The layout 'generations' needs runs of one method with several values of '{ROWS}', "
            f"got {values or 'none'}; run it with --set {ROWS}=1 and with --set {ROWS}=2."
        )
    at = {name: i for i, name in enumerate(table.methods)}
    rows, cells = [], []
    for k, (dataset, measure) in enumerate(table.columns):
        of = [
            {which: table.cells[at[method]][k] for which, method in names.items()}
            for names in found.values()
        ]
        lines = [_with_mean([one.get(which, Cell()) for one in of]) for which in values]
        gain = [_sum([(1.0, b), (-1.0, a)]) for a, b in zip(lines[0], lines[-1], strict=True)]
        names = [*(f"Generation {which}" for which in values), "Gain"]
        rows += [f"{dataset} {measure}: {name}" for name in names]
        cells += [tuple(replace(cell, place=None) for cell in line) for line in (*lines, gain)]
    columns = tuple(("", name) for name in (*found, "Mean"))
    return replace(
        table, methods=tuple(rows), columns=columns, cells=tuple(cells), head="Generation",
        lower_is_better=(None,) * len(columns),
    )  # fmt: skip


def _with_mean(cells: list[Cell]) -> list[Cell]:
    there = [cell for cell in cells if cell.mean is not None]
    return [*cells, _sum([(1 / len(there), cell) for cell in there])]


def _sum(weighted: Sequence[tuple[float, Cell]]) -> Cell:
    """Return a cell of weight times mean, added up; missing if one of them is."""
    if not weighted or any(cell.mean is None for _, cell in weighted):
        return Cell()
    terms: list[Term] = [(w * f, record) for w, cell in weighted for f, record in cell.terms]
    return Cell(sum(f * record.mean for f, record in terms), terms=tuple(terms))
