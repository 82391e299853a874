"""Tables of methods × (datasets × metrics) in the layouts of the papers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import Field

from selfbench.contracts import Record, Report
from selfbench.params import Params
from selfbench.reports import latex, markdown, verifying
from selfbench.reports.layouts import arrange, chosen
from selfbench.reports.ledger import beside, print_ledger
from selfbench.reports.table import Bold, to_csv


class Comparison(Report):
    """Methods × (datasets × metrics): the paper's table as LaTeX, Markdown and CSV."""

    name = "comparison"

    class Params(Params):
        """How the table is printed."""

        layout: Literal[
            "comparison", "segmentation", "detection", "ablation", "benchmarks", "generations"
        ] = Field("comparison", description="Which of the papers' tables.")
        bold: Bold = Field("significant", description="What is bold: a sure lead, or the best.")
        standalone: bool = Field(False, description="LaTeX that compiles on its own.")
        intervals: bool = Field(False, description="Print bootstrap intervals over clips.")
        published: bool = Field(False, description="Also the published numbers, beside ours.")

    verify = staticmethod(verifying.verify)

    def render(self, records: Sequence[Record]) -> Mapping[str, str]:
        """Return the files; the CSV has one line per record with its whole protocol."""
        p = self.params
        records = chosen(p.layout, records)
        table = arrange(p.layout, records, p.bold, p.intervals)
        files = {
            f"{p.layout}.tex": latex.render(table, p.layout, p.standalone),
            f"{p.layout}.md": markdown.render(table),
            f"{p.layout}.csv": to_csv(records),
        }
        if p.published:
            found = beside(records, with_ablations=p.layout == "ablation")
            files |= print_ledger(found, f"{p.layout}-published", p.standalone)
        return files
