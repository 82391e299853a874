"""Rewrite the table of docs/datasets.md: `python docs/datasets_table.py`.

What stands in it is what the datasets say of themselves.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from selfbench.contracts import Count
from selfbench.plugins.registry import Registry

PAGE = Path(__file__).parent / "datasets.md"
START, END = "<!-- table: python docs/datasets_table.py -->\n", "<!-- end of table -->\n"


def table() -> str:
    """Return the table between its marks."""
    rows = [
        "| dataset | splits: clips, frames, with truth | scored | metrics | licence |",
        "|---|---|---|---|---|",
    ]
    for entry in Registry().of("datasets"):
        kind = entry.load()
        if entry.origin != "selfbench" or not kind.obtain:
            continue
        splits = "; ".join(f"{split}{_count(count)}" for split, count in kind.counts.items())
        metrics = ", ".join(kind.metrics)
        scored = f"{kind.test_split}, {kind.frames}"
        rows.append(f"| `{kind.name}` | {splits} | {scored} | {metrics} | {kind.licence} |")
    return START + "\n".join(rows) + "\n" + END


def _count(count: Count) -> str:
    numbers = ["?" if number is None else str(number) for number in count]
    return "" if set(numbers) == {"?"} else f" {', '.join(numbers)}"


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.split(START)[0], text.split(END)[1]
    PAGE.write_text(before + table() + after, encoding="utf-8")


if __name__ == "__main__":
    main()
