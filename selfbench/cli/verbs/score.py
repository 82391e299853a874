"""`selfbench score`: score finished runs again, e.g. with more metrics."""

from __future__ import annotations

from typing import Annotated

import typer

from selfbench.cli.options import (
    DEFAULT_RESULTS,
    DataRoot,
    Metrics,
    Plugins,
    Results,
    Workers,
)


def score(
    method: Annotated[list[str] | None, typer.Option("--method", "-m")] = None,
    dataset: Annotated[list[str] | None, typer.Option("--dataset", "-d")] = None,
    metric: Metrics = None,
    plugin: Plugins = None,
    data_root: DataRoot = None,
    results: Results = DEFAULT_RESULTS,
    workers: Workers = None,
) -> None:
    """Score the finished runs below --results; scores of other metrics stay as they are."""
    from selfbench import api
    from selfbench.cli.verbs.run import print_comparison

    outcome = api.score(
        method,
        dataset,
        metric=metric,
        workers=workers,
        plugin=plugin or (),
        data_root=data_root,
        results=results,
    )
    print_comparison(outcome, plugin, data_root, results)
