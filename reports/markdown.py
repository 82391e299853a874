"""The table as Markdown, a block per dataset, aligned so that it reads well in a terminal too."""

from __future__ import annotations

from selfbench.reports.table import Cell, Table


def render(table: Table) -> str:
    """Return the tables, best in bold, second underlined, and their notes as a list."""
    blocks, start = [], 0
    for dataset, count in table.groups():
        blocks.append(_block(table, dataset, range(start, start + count)))
        start += count
    return "\n\n".join([*blocks, "\n".join(f"- {note}." for note in table.notes)]) + "\n"


_ARROWS = {True: "↓", False: "↑", None: ""}


def _block(table: Table, dataset: str, columns: range) -> str:
    arrows = [_ARROWS[table.lower_is_better[i]] for i in columns]
    heads = [
        f"{table.columns[i][1]} {arrow}".rstrip() for i, arrow in zip(columns, arrows, strict=True)
    ]
    rows = [[_escape(dataset), *heads]] + [
        [_escape(method), *(_cell(cells[i]) for i in columns)]
        for method, cells in zip(table.methods, table.cells, strict=True)
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(len(heads) + 1)]
    lines = ["| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("*", "\\*").replace("_", "\\_")


def _cell(cell: Cell) -> str:
    if cell.place == 1:
        return f"**{cell.text()}**"
    return f"<u>{cell.text()}</u>" if cell.place == 2 else cell.text()
