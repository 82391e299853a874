"""`selfbench score`: score finished runs again, e.g. with more metrics."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from selfbench.cli.options import (
    DEFAULT_RESULTS,
    DataRoot,
    Metrics,
    Plugins,
    Results,
    Workers,
    matches,
)
from selfbench.errors import DataError


def score(
    method: Annotated[list[str] | None, typer.Option("--method", "-m")] = None,
    dataset: Annotated[list[str] | None, typer.Option("--dataset", "-d")] = None,
    metric: Metrics = None,
    plugin: Plugins = None,
    data_root: DataRoot = None,
    results: Results = DEFAULT_RESULTS,
    workers: Workers = None,
) -> None:
    """Score the finished runs below --results; up-to-date scores are kept."""
    from selfbench.cli.progress import say
    from selfbench.cli.report_command import write_comparison
    from selfbench.plugins.registry import Registry
    from selfbench.stages.plan import data_places
    from selfbench.stages.score.cells import finished_cells, load_metrics, score_cell
    from selfbench.store.processors import processors

    registry = Registry(plugin or ())
    where = data_places(data_root)
    keys = set()

    def wanted(manifest: dict[str, Any]) -> bool:
        return matches(manifest["method"], method) and matches(manifest["dataset"], dataset)

    for folder, manifest, data in finished_cells(results, registry, where, wanted):
        metrics = load_metrics(registry, metric or [], data)
        fresh = score_cell(folder, data, metrics, workers or processors())
        say(f"{folder}: {'scored' if fresh else 'up to date'}")
        keys.add(str(manifest["key"]))
    if not keys:
        raise DataError(f"There are no finished runs below {results} that match.")
    write_comparison(registry, results, keys)
