"""Cells one after another in this process."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from selfbench.contracts import Devices
from selfbench.errors import SelfbenchError
from selfbench.plugins.registry import Registry
from selfbench.stages.plan import Plan
from selfbench.stages.progress import Progress
from selfbench.stages.run import run_cell
from selfbench.stages.score import load_metrics, score_cell


def run_serially(
    plans: Sequence[tuple[str, Plan]],
    registry: Registry,
    results: Path,
    workers: int,
    devices: Devices,
    progress: Progress,
) -> list[SelfbenchError]:
    """Run and score cells; a failed one does not keep the others from going on.

    Args:
        plans: what each cell is called, and the cell.
        registry: knows the metrics.
        results: folder of all cells.
        workers: processes for scoring.
        devices: what methods compute on.
        progress: is told what happens.

    Returns:
        The failures.
    """
    failures = []
    for name, plan in plans:
        try:
            _run_one(name, plan, registry, results, workers, devices, progress)
        except SelfbenchError as error:
            failures.append(error)
    return failures


def _run_one(
    name: str,
    plan: Plan,
    registry: Registry,
    results: Path,
    workers: int,
    devices: Devices,
    progress: Progress,
) -> None:
    folder = plan.cell.folder(results)
    title = f"{name} on {plan.cell.dataset}, seed {plan.cell.seed}"
    started = time.perf_counter()
    try:
        with progress.bar(title) as (advance, show):
            ran = run_cell(plan, results, advance, show, devices)
        scored = score_cell(folder, plan.dataset, load_metrics(registry, [], plan.dataset), workers)
    except SelfbenchError:
        progress.say(f"{title}: failed")
        raise
    spent = f"{time.perf_counter() - started:.1f} s"
    state = f"done in {spent}" if ran else f"scored in {spent}" if scored else "already done"
    progress.say(f"{title}: {state} -> {folder}")
