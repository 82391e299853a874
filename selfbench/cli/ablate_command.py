"""`selfbench ablate`: every row of an ablation through run and score, its table and figure."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from selfbench.cli.options import (
    DEFAULT_RESULTS,
    DataRoot,
    Datasets,
    Device,
    DeviceCount,
    Plugins,
    Post,
    Results,
    Seeds,
    Settings,
    Workers,
    chosen_devices,
    parse_seeds,
)
from selfbench.cli.run_command import raise_failures, run_and_score
from selfbench.errors import DataError

if TYPE_CHECKING:
    from selfbench.contracts import Ablation
    from selfbench.plugins.registry import Registry
    from selfbench.stages.plan import Plan

RowPlans = dict[str, "list[Plan]"]  # by the row's label


def ablate(
    ablation: Annotated[list[str], typer.Argument(help="Names, wildcards or comma lists.")],
    dataset: Datasets,
    seed: Seeds = "0",
    settings: Settings = None,
    preset: Annotated[str | None, typer.Option(help="A named preset of the method.")] = None,
    run: Annotated[
        bool, typer.Option("--run/--no-run", help="Compute what is missing, or only report.")
    ] = True,
    post: Post = "",
    plugin: Plugins = None,
    data_root: DataRoot = None,
    results: Results = DEFAULT_RESULTS,
    workers: Workers = None,
    device: Device = None,
    devices: DeviceCount = None,
) -> None:
    """Run every row of an ablation and write its table and figure.

    The cells are those of `selfbench run` with --set: finished ones are never computed again.
    """
    from selfbench.params import parse_assignments
    from selfbench.plugins.registry import Registry
    from selfbench.stages.plan import data_places, plan_ablation
    from selfbench.store.cell_folder import finished_elsewhere
    from selfbench.vision.refiners import parse_steps

    registry = Registry(plugin or ())
    entries = registry.select("ablations", ablation)
    on = chosen_devices(device, devices)
    where = data_places(data_root)
    seeds, values = parse_seeds(seed), parse_assignments(settings or [])
    # All plans first: a wrong name in the last ablation must not show after hours.
    steps = parse_steps(post)
    planned = [
        (chosen, plan_ablation(registry, chosen, dataset, seeds, values, preset, where, steps))
        for chosen in (entry.load() for entry in entries)
    ]
    failures, cells = [], 0
    for chosen, rows in planned:
        stored = {
            label: [replace(plan, cell=finished_elsewhere(plan.cell, results)) for plan in plans]
            for label, plans in rows.items()
        }
        asked = [(label, plan) for label, of in stored.items() for plan in of] if run else []
        failed = [
            error
            for label, plan in asked
            if (error := run_and_score(plan, registry, results, workers, on, f"'{label}'"))
        ]
        if not run or len(failed) < len(asked):
            _write(registry, chosen, stored, results)
        failures += failed
        cells += len(asked)
    raise_failures(failures, cells)


def _write(registry: Registry, ablation: Ablation, plans: RowPlans, results: Path) -> None:
    from selfbench.cli.report_command import choose, write_files
    from selfbench.stages.ablate import read_ablation

    found = read_ablation(ablation, plans, results, registry)
    if not found.records:
        raise DataError(
            f"No row of the ablation '{ablation.name}' has scores below {results}; run it without "
            "--no-run, on a dataset that has masks or boxes to compare with."
        )
    found = replace(found, records=choose(found.records))
    write_files(registry.entry("reports", "ablation").load()().render(found), results)
