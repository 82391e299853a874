"""The table as Markdown, aligned so that it reads well in a terminal too."""

from __future__ import annotations

from selfbench.reports.table import Cell, Table


def render(table: Table) -> str:
    """Return the table, best in bold, second underlined, and its notes as a list."""
    one = len(table.groups()) == 1
    arrows = ["↓" if lower else "↑" for lower in table.lower_is_better]
    heads = [
        f"{measure} {arrow}" if one else f"{dataset} {measure} {arrow}"
        for (dataset, measure), arrow in zip(table.columns, arrows, strict=True)
    ]
    corner = table.groups()[0][0] if one else "method"
    rows = [[corner, *heads]] + [
        [_escape(method), *map(_cell, cells)]
        for method, cells in zip(table.methods, table.cells, strict=True)
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join([*lines, "", *(f"- {note}." for note in table.notes)]) + "\n"


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("*", "\\*").replace("_", "\\_")


def _cell(cell: Cell) -> str:
    if cell.place == 1:
        return f"**{cell.text()}**"
    return f"<u>{cell.text()}</u>" if cell.place == 2 else cell.text()
