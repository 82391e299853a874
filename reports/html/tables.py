"""What the printed tables would say, under every protocol: their notes, and what is marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from selfbench.contracts import Record
from selfbench.reports.layouts import BOLD
from selfbench.reports.table import Table, make_table

USUAL = "usual"  # the threshold rule and the frames of each dataset's papers


def all_tables(records: Sequence[Record]) -> dict[str, Any]:
    """Return `THRESHOLD|FRAMES` -> notes and marked cells of the table under that protocol."""
    rules = {USUAL, *(record.threshold for record in records if record.threshold)}
    conventions = {USUAL, *(record.frames for record in records)}
    tables = {}
    for rule in sorted(rules):
        for frames in sorted(conventions):
            shown = [record for record in records if _fits(record, rule, frames)]
            if shown:
                tables[f"{rule}|{frames}"] = _marked(make_table(shown))
    return tables


def _fits(record: Record, rule: str, frames: str) -> bool:
    return (
        record.usual_boxes
        and (record.usual_threshold if rule == USUAL else record.threshold in ("", rule))
        and (record.usual_frames if frames == USUAL else record.frames == frames)
    )


def _marked(table: Table) -> dict[str, Any]:
    places = [
        [method, *column, cell.place]
        for method, cells in zip(table.methods, table.cells, strict=True)
        for column, cell in zip(table.columns, cells, strict=True)
        if cell.place
    ]
    return {"notes": [*table.notes, BOLD["significant"]], "places": places}
