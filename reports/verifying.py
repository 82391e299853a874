"""Holding a printed LaTeX table against the scores it was made of."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from selfbench.contracts import Checked, Record
from selfbench.errors import DataError
from selfbench.reports.latex import SOURCE
from selfbench.reports.table import DIGITS
from selfbench.stages.statistics import interval

Stored = Callable[[Sequence[str], Sequence[str]], Record | None]

_SOURCE = re.compile(rf"{SOURCE}(\d+): (.*)")
_NUMBER = re.compile(r"-?\d*\.\d+|-?\d+")


def verify(text: str, stored: Stored) -> list[Checked]:
    """Return each cell that names its runs, printed and recomputed.

    A cell is read as numbers, so that it may have been set in another way since: its mean, behind
    `\\pm` the deviation, in brackets the interval; each is compared at the digits it has.

    Args:
        text: a LaTeX table as `latex.render` writes it.
        stored: returns the record of runs and a protocol as it is now, None if a run is gone.

    Raises:
        DataError: if no cell does, or a comment is broken.
    """
    checked = [_check(*cell, stored) for cell in _cells(text)]
    if not checked:
        raise DataError(
            f"The table has no line '{SOURCE}N: ...' that says which runs a cell comes from; "
            "expected a .tex file that `selfbench report` wrote, comments left in."
        )
    return checked


def _cells(text: str) -> Iterator[tuple[str, int, str, list[dict[str, Any]]]]:
    """Yield (row, column, printed cell, its terms); the sources follow their row."""
    row: list[str] = []
    for line in text.splitlines():
        if source := _SOURCE.match(line.strip()):
            column = int(source[1])
            try:
                terms = json.loads(source[2])
                yield row[0], column, row[column], terms
            except (ValueError, IndexError) as error:
                raise DataError(
                    f"The comment '{line.strip()[:60]}' fits no cell of the row '"
                    f"{row[0] if row else ''}' ({error}); print the table again."
                ) from error
        elif line.rstrip().endswith(r"\\"):
            row = [part.strip() for part in re.split(r"(?<!\\)&", line.rstrip()[:-2])]


def _check(
    row: str, column: int, printed: str, terms: list[dict[str, Any]], stored: Stored
) -> Checked:
    answers = [stored(term["runs"], term["protocol"]) for term in terms]
    records = [record for record in answers if record is not None]
    if len(records) < len(answers):
        return Checked(row, column, printed, None, False)
    numbers = _NUMBER.findall(printed)
    mean = sum(term["factor"] * record.mean for term, record in zip(terms, records, strict=True))
    expected: list[float | None] = [mean]
    if r"\pm" in printed:
        expected.append(records[0].std if len(records) == 1 else None)
    if "[" in printed:
        expected += interval(records[0]) or (None, None)
    recomputed = [
        "none" if value is None else f"{value:.{len(number.partition('.')[2])}f}"
        for number, value in zip(numbers, expected, strict=False)
    ]
    now = " ".join(recomputed) if numbers else f"{mean:.{DIGITS}f}"
    equal = numbers == recomputed and len(recomputed) == len(expected)
    return Checked(row, column, printed, now, equal)
