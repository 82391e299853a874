"""What commands print on standard output, which a program may read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from selfbench.stages.report.writing import ReportFiles


def print_report(written: ReportFiles) -> None:
    """Print what of a report is Markdown, and where its files are."""
    if written.markdown:
        typer.echo(written.markdown)
    typer.echo("Written: " + ", ".join(map(str, written.paths)))
