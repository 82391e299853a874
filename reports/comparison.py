"""The comparison: methods × (datasets × metrics) as LaTeX, Markdown and CSV."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from selfbench.contracts import Record, Report
from selfbench.reports import latex, markdown
from selfbench.reports.table import make_table


class Comparison(Report):
    """Methods × (datasets × metrics): the paper's table as LaTeX, Markdown and CSV."""

    name = "comparison"

    def render(self, records: Sequence[Record]) -> dict[str, str]:
        """Return the three files; the CSV has one line per record with its whole protocol."""
        table = make_table(records)
        rows = pd.DataFrame([vars(record) for record in records])
        for column in ("seeds", "keys", "levels"):
            rows[column] = [" ".join(map(str, values)) for values in rows[column]]
        return {
            "comparison.tex": latex.render(table),
            "comparison.md": markdown.render(table),
            "comparison.csv": rows.to_csv(index=False),
        }
