"""The table as Markdown, a block per dataset, aligned so that it reads well in a terminal too."""

from __future__ import annotations

from collections.abc import Sequence

from selfbench.reports.table import Cell, Table


def render(table: Table) -> str:
    """Return the tables, best in bold, second underlined, and their notes as a list."""
    blocks, start = [], 0
    for dataset, count in table.groups():
        blocks.append(_block(table, dataset, range(start, start + count)))
        start += count
    notes = dict.fromkeys((*table.notes, *table.caption))
    return "\n\n".join([*blocks, "\n".join(f"- {note}." for note in notes)]) + "\n"


_ARROWS = {True: "↓", False: "↑", None: ""}


def _block(table: Table, dataset: str, columns: range) -> str:
    arrows = [_ARROWS[table.lower_is_better[i]] for i in columns]
    heads = [
        f"{table.columns[i][1]} {arrow}".rstrip() for i, arrow in zip(columns, arrows, strict=True)
    ]
    rows = [[escape(dataset or table.head), *heads]] + [
        [escape(method), *(_cell(cells[i]) for i in columns)]
        for method, cells in zip(table.methods, table.cells, strict=True)
        if not table.by_dataset or any(cells[i].mean is not None for i in columns)
    ]
    return grid(rows)


def grid(rows: Sequence[Sequence[str]]) -> str:
    """Return rows of marked-up text, the first of them the heads, as an aligned table."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def escape(text: str) -> str:
    """Return `text` so that Markdown prints it as it is, in one line."""
    text = " ".join(text.split())
    return "".join(f"\\{c}" if c in "\\|*_<>`" else c for c in text)


def _cell(cell: Cell) -> str:
    if cell.place == 1:
        return f"**{cell.text()}**"
    return f"<u>{cell.text()}</u>" if cell.place == 2 else cell.text()
