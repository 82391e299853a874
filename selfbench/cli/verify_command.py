"""`selfbench verify`: whether the numbers of a printed table are those of the stored scores."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from selfbench.cli.options import DEFAULT_RESULTS, Plugins, Results
from selfbench.errors import DataError


def verify(
    table: Annotated[Path, typer.Argument(help="A .tex file that `selfbench report` wrote.")],
    report: Annotated[str, typer.Option("--report", help="Which report.")] = "comparison",
    plugin: Plugins = None,
    results: Results = DEFAULT_RESULTS,
) -> None:
    """Recompute every cell of a table from the stored scores and say which differ."""
    from selfbench.plugins.registry import Registry
    from selfbench.stages.aggregate import StoredRecords

    registry = Registry(plugin or ())
    try:
        text = table.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            f"{table} cannot be read as text ({error}); expected a .tex file that `selfbench "
            "report` wrote."
        ) from error
    kind = registry.entry("reports", report).load()
    checked = kind().verify(text, StoredRecords(results, registry))
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
