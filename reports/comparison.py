"""The comparison: methods × (datasets × metrics) as LaTeX, Markdown and CSV."""

from __future__ import annotations

from collections.abc import Sequence

from selfbench.contracts import Record, Report
from selfbench.reports import latex, markdown
from selfbench.reports.table import make_table, to_csv


class Comparison(Report):
    """Methods × (datasets × metrics): the paper's table as LaTeX, Markdown and CSV."""

    name = "comparison"

    def render(self, records: Sequence[Record]) -> dict[str, str]:
        """Return the three files; the CSV has one line per record with its whole protocol."""
        table = make_table(records)
        return {
            "comparison.tex": latex.render(table),
            "comparison.md": markdown.render(table),
            "comparison.csv": to_csv(records),
        }
