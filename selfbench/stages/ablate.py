"""What the finished cells of an ablation say, row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from selfbench.contracts import Ablation, AblationResult, LogPoint, Record
from selfbench.plugins.registry import Registry
from selfbench.stages.aggregate import make_records, read_cell
from selfbench.stages.plan import Plan
from selfbench.store.cell_folder import CellStore
from selfbench.training.log import LOG, read_log


def read_ablation(
    ablation: Ablation, plans: Mapping[str, Sequence[Plan]], results: Path, registry: Registry
) -> AblationResult:
    """Return records under all protocols and the logged values of the cells that are scored.

    `plans` are those of `plan_ablation`, in cells as they are stored below `results`.
    """
    records: list[Record] = []
    log: list[LogPoint] = []
    for label, planned in plans.items():
        cells = []
        for plan in planned:
            store = CellStore(plan.cell.folder(results))
            if (cell := read_cell(store, registry)) is not None:
                cells.append(cell)
                log += _watched(ablation, label, plan, store.folder)
        records += [replace(record, method=label) for record in make_records(cells)]
    return AblationResult(ablation, records, log)


def _watched(ablation: Ablation, label: str, plan: Plan, folder: Path) -> list[LogPoint]:
    if not (folder / LOG).exists():
        return []  # a method that does not train in steps
    return [
        LogPoint(
            label,
            plan.cell.dataset,
            plan.cell.seed,
            line["name"],
            int(line["step"]),
            float(line["value"]),
        )
        for line in read_log(folder)
        if line["name"] in ablation.watch
    ]
