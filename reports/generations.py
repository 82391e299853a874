"""A row per generation, a column per method, their means, and the gain.

As in Croitoru et al. 2019, Tables 1 to 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from selfbench.contracts import Record
from selfbench.errors import DataError
from selfbench.reports.table import Cell, Table, Term
from selfbench.stages.row_names import plain_name

ROWS = "generation"  # the parameter that tells generations apart ...
LAST = "generations"  # ... and the one that says which is meant by its value 0

Rows = dict[Any, str]  # generation -> name of its row in the table of methods


def by_generation(table: Table, records: Sequence[Record]) -> Table:
    """Turn methods that differ in their generation into rows.

    Raises:
        DataError: if no method was run with two values of such a parameter.
    """
    columns = _columns(records)
    generations = sorted({generation for rows in columns.values() for generation in rows})
    if len(generations) < 2:
        raise DataError(
            f"The layout 'generations' needs runs of one method with several values of '{ROWS}', "
            f"got {generations or 'none'}; run it with --set {ROWS}=1 and with --set {ROWS}=2."
        )
    index = {name: i for i, name in enumerate(table.methods)}
    labels, cells = [], []
    for k, (dataset, measure) in enumerate(table.columns):
        lines = [
            _with_mean(
                [
                    table.cells[index[rows[generation]]][k] if generation in rows else Cell()
                    for rows in columns.values()
                ]
            )
            for generation in generations
        ]
        gain = [_sum([(1.0, b), (-1.0, a)]) for a, b in zip(lines[0], lines[-1], strict=True)]
        names = [*(f"Generation {generation}" for generation in generations), "Gain"]
        labels += [f"{dataset} {measure}: {name}" for name in names]
        cells += [tuple(replace(cell, place=None) for cell in line) for line in (*lines, gain)]
    heads = tuple(("", name) for name in (*columns, "Mean"))
    return replace(
        table, methods=tuple(labels), columns=heads, cells=tuple(cells), head="Generation",
        lower_is_better=(None,) * len(heads),
    )  # fmt: skip


def _columns(records: Sequence[Record]) -> dict[str, Rows]:
    """Return, by what else was set of a method, its generations."""
    columns: dict[str, Rows] = {}
    for record in records:
        params = dict(record.params)
        generation = params.get(ROWS) or params.get(LAST)
        if generation is not None:
            settings = ", ".join(f"{k}={v}" for k, v in record.changed if k not in (ROWS, LAST))
            column = columns.setdefault(settings or plain_name(record.method), {})
            column[generation] = record.method
    return columns


def _with_mean(cells: list[Cell]) -> list[Cell]:
    scored = [cell for cell in cells if cell.mean is not None]
    return [*cells, _sum([(1 / len(scored), cell) for cell in scored])]


def _sum(weighted: Sequence[tuple[float, Cell]]) -> Cell:
    """Return a cell of weight times mean, added up; missing if one of them is."""
    if not weighted or any(cell.mean is None for _, cell in weighted):
        return Cell()
    terms: list[Term] = [(w * f, record) for w, cell in weighted for f, record in cell.terms]
    return Cell(sum(f * record.mean for f, record in terms), terms=tuple(terms))
