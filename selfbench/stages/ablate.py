"""What the finished cells of an ablation say, row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from selfbench.contracts import Ablation, Material
from selfbench.errors import DataError
from selfbench.stages.plan import Plan
from selfbench.stages.report.aggregate import make_records, read_scored, stored_run
from selfbench.stages.report.writing import Source, material_of
from selfbench.store.cell_folder import CellStore, finished_elsewhere

RowPlans = Mapping[str, Sequence[Plan]]  # by the row's label


def stored_plans(plans: RowPlans, source: Source) -> dict[str, list[Plan]]:
    """Return the plans in cells as they are stored, whatever name they were finished under."""
    return {
        label: [replace(plan, cell=finished_elsewhere(plan.cell, source.results)) for plan in row]
        for label, row in plans.items()
    }


def gather_ablation(ablation: Ablation, plans: RowPlans, source: Source) -> Material:
    """Return records and runs of the cells that are scored; their `method` is the row's label.

    Args:
        ablation: whose rows these are.
        plans: of `stored_plans`.
        source: where the cells lie.

    Raises:
        DataError: if no row has scores.
    """
    runs, records = [], []
    for label, row in plans.items():
        stores = [CellStore(plan.cell.folder(source.results)) for plan in row]
        cells = [
            replace(stored_run(store, manifest), method=label)
            for store in stores
            if (manifest := store.manifest())
        ]
        scored = read_scored(cells)
        runs += [one.run for one in scored]
        records += make_records(scored)
    if not records:
        raise DataError(
            f"No row of the ablation '{ablation.name}' has scores below {source.results}; run it "
            "without --no-run, on a dataset that has masks or boxes to compare with."
        )
    return material_of(source, records, runs, ablation=ablation)
