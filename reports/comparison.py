"""Tables of methods × (datasets × metrics) in the layouts of the papers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from selfbench.contracts import Material, Report
from selfbench.params import Params
from selfbench.reports import latex, markdown, verifying
from selfbench.reports.layouts import arrange, describe_layouts, select_records
from selfbench.reports.ledger import compare_with_papers
from selfbench.reports.ledger_table import print_ledger
from selfbench.reports.table import Bold, to_csv


class Comparison(Report):
    """Methods × (datasets × metrics): the paper's table as LaTeX, Markdown and CSV."""

    name = "comparison"

    class Params(Params):
        """How the table is printed."""

        layout: Literal[
            "comparison", "segmentation", "detection", "ablation", "benchmarks", "generations"
        ] = Field("comparison", description=f"Which table is printed: {describe_layouts()}.")
        bold: Bold = Field(
            "significant",
            description="Which numbers of a column are bold: significant (a lead over every other "
            "method that is larger than chance) or best (the best one, significant or not).",
        )
        standalone: bool = Field(
            False,
            description="Write LaTeX that compiles on its own, not a table to be included.",
        )
        intervals: bool = Field(
            False, description="Print the 95 % bootstrap interval over clips behind each number."
        )
        published: bool = Field(
            False,
            description="Write a second table: what the papers report on the same datasets, with "
            "our numbers beside it.",
        )

    params: Params

    verify = staticmethod(verifying.verify)

    def render(self, material: Material) -> Mapping[str, str | bytes]:
        """Return `LAYOUT.tex`, `.md` and `.csv`; with `published` also `LAYOUT-published.*`.

        The CSV has one line per number, with its whole protocol.

        Raises:
            DataError: if no number belongs in the layout.
        """
        p = self.params
        records = select_records(p.layout, material.chosen)
        table = arrange(p.layout, records, p.bold, p.intervals)
        files: dict[str, str | bytes] = {
            f"{p.layout}.tex": latex.render(table, p.layout, p.standalone),
            f"{p.layout}.md": markdown.render(table),
            f"{p.layout}.csv": to_csv(records),
        }
        if p.published:
            pairs = compare_with_papers(records, with_ablations=p.layout == "ablation")
            files |= print_ledger(pairs, f"{p.layout}-published", p.standalone)
        return files
