"""`selfbench run`: fit, predict, score, and the table of what was asked for."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from selfbench.cli.options import (
    DEFAULT_RESULTS,
    DataRoot,
    Datasets,
    Device,
    DeviceCount,
    Methods,
    Plugins,
    Post,
    Results,
    Seeds,
    Settings,
    Workers,
    chosen_devices,
    parse_seeds,
)
from selfbench.errors import SelfbenchError

if TYPE_CHECKING:
    from selfbench.plugins.registry import Registry
    from selfbench.stages.plan import Plan
    from selfbench.training.devices import TorchDevices


def run(
    method: Methods,
    dataset: Datasets,
    seed: Seeds = "0",
    settings: Settings = None,
    preset: Annotated[str | None, typer.Option(help="A named preset of the method.")] = None,
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
    from selfbench.cli.report_command import write_comparison
    from selfbench.params import parse_assignments
    from selfbench.plugins.registry import Registry
    from selfbench.stages.plan import data_places, plan_cells
    from selfbench.vision.refiners import parse_steps

    registry = Registry(plugin or ())
    on = chosen_devices(device, devices)
    plans = plan_cells(
        registry,
        method,
        dataset,
        parse_seeds(seed),
        parse_assignments(settings or []),
        preset,
        data_places(data_root),
        parse_steps(post),
    )
    failures = [
        error for plan in plans if (error := run_and_score(plan, registry, results, workers, on))
    ]
    if len(failures) == len(plans) == 1:
        raise failures[0]
    if len(failures) < len(plans):
        write_comparison(registry, results, {plan.cell.key for plan in plans})
    raise_failures(failures, len(plans))


def raise_failures(failures: Sequence[SelfbenchError], cells: int) -> None:
    """Raise one error for all of `failures` among so many cells; nothing if there are none."""
    if failures:
        finished = f"{cells - len(failures)} of {cells} cells finished"
        raise SelfbenchError(f"{finished}; {' '.join(map(str, failures))}") from failures[0]


def run_and_score(
    plan: Plan,
    registry: Registry,
    results: Path,
    workers: int | None,
    devices: TorchDevices,
    name: str = "",
) -> SelfbenchError | None:
    """Run and score one cell; its failure is returned so that the other cells go on.

    `name` is what the user called it, if not by the method's name.
    """
    from selfbench.cli.progress import bar, say
    from selfbench.stages.run import run_cell
    from selfbench.stages.score.cells import load_metrics, score_cell
    from selfbench.store.processors import processors

    cell = plan.cell
    title = f"{name or cell.method} on {cell.dataset}, seed {cell.seed}"
    started = time.perf_counter()
    try:
        with bar(title) as (advance, show):
            ran = run_cell(plan, results, advance, show, devices)
        metrics = load_metrics(registry, [], plan.dataset)
        folder = cell.folder(results)
        scored = score_cell(folder, plan.dataset, metrics, workers or processors())
    except SelfbenchError as error:
        say(f"{title}: failed")
        return error
    spent = f"{time.perf_counter() - started:.1f} s"
    state = f"done in {spent}" if ran else f"scored in {spent}" if scored else "already done"
    say(f"{title}: {state} -> {folder}")
    return None
