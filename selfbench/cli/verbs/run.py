"""`selfbench run`: fit, predict, score, and the table of what was asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from selfbench.cli.options import (
    DEFAULT_RESULTS,
    DataRoot,
    Datasets,
    Device,
    DeviceCount,
    Methods,
    Plugins,
    Post,
    Preset,
    Results,
    Seeds,
    Settings,
    Workers,
    parse_seeds,
)

if TYPE_CHECKING:
    from selfbench.stages.results import Results as Outcome


def run(
    method: Methods,
    dataset: Datasets,
    seed: Seeds = "0",
    settings: Settings = None,
    preset: Preset = None,
    post: Post = "",
    plugin: Plugins = None,
    data_root: DataRoot = None,
    results: Results = DEFAULT_RESULTS,
    workers: Workers = None,
    device: Device = None,
    devices: DeviceCount = None,
) -> None:
    """Run methods on datasets, score them and print the table.

    Finished cells are never computed again; a command that was interrupted continues.
    """
    from selfbench import api
    from selfbench.params import parse_assignments

    try:
        outcome = api.run(
            method,
            dataset,
            seed=parse_seeds(seed),
            settings=parse_assignments(settings or []),
            preset=preset,
            post=post,
            workers=workers,
            device=device,
            devices=devices,
            plugin=plugin or (),
            data_root=data_root,
            results=results,
        )
    except api.FailedCellsError as failure:
        if failure.results.runs:
            print_comparison(failure.results, plugin, data_root, results)
        raise
    print_comparison(outcome, plugin, data_root, results)


def print_comparison(
    outcome: Outcome, plugin: list[Path] | None, data_root: Path | None, results: Path
) -> None:
    """Write and print the table of all methods on the datasets of `outcome`."""
    from selfbench import api
    from selfbench.cli.printing import print_report
    from selfbench.stages.progress import Progress

    datasets = sorted({record.dataset for record in outcome.material.records})
    if not datasets:
        Progress().say(
            "No scores, hence no table: the dataset has no masks or boxes to compare with."
        )
        return
    print_report(
        api.report(dataset=datasets, plugin=plugin or (), data_root=data_root, results=results)
    )
