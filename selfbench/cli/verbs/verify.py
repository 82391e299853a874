"""`selfbench verify`: whether the numbers of a printed table are those of the stored scores."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from selfbench.cli.options import DEFAULT_RESULTS, Plugins, Results
from selfbench.errors import DataError


def verify(
    table: Annotated[Path, typer.Argument(help="A .tex file that `selfbench report` wrote.")],
    report: Annotated[
        str | None, typer.Option("--report", help="Which report. [the table of methods]")
    ] = None,
    plugin: Plugins = None,
    results: Results = DEFAULT_RESULTS,
) -> None:
    """Recompute every cell of a table from the stored scores and say which differ."""
    from selfbench import api

    checked = api.verify(table, name=report, plugin=plugin or (), results=results)
    differ = [cell for cell in checked if not cell.equal]
    for cell in differ:
        now = "its runs are gone" if cell.stored is None else f"stored {cell.stored}"
        typer.echo(f"differs: {cell.row}, column {cell.column}: printed {cell.printed}, {now}")
    typer.echo(f"{len(checked) - len(differ)} of {len(checked)} cells are as stored in {results}.")
    if differ:
        raise DataError(
            f"{len(differ)} of {len(checked)} cells of {table} differ; print it again with "
            "`selfbench report`, or give the --results it was made from."
        )
