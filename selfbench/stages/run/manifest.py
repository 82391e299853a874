"""What is written down of a run: parameters, splits, supervision, machine."""

from __future__ import annotations

import sys
from typing import Any

from selfbench.stages.plan import Plan
from selfbench.store.provenance import environment, now


def new_manifest(plan: Plan, splits: dict[str, list[str]]) -> dict[str, Any]:
    """Return the manifest of a run that begins.

    Args:
        plan: of the cell.
        splits: split -> the names of its clips that will be predicted.
    """
    cell, dataset = plan.cell, plan.dataset
    return {
        "status": "running",
        "command": sys.argv,
        "method": cell.method,
        "dataset": cell.dataset,
        "key": cell.key,
        "seed": cell.seed,
        "fit_key": plan.fit_key,
        "identity": cell.identity,
        "params": plan.method.params.model_dump(mode="json"),
        "dataset_params": dataset.params.model_dump(mode="json"),
        "changed": plan.changed,
        "splits": splits,
        "test_split": dataset.test_split,
        "validation_split": dataset.validation_split,
        "frames": dataset.frames,
        "supervision": supervision(plan),
        "needs_truth": plan.method.needs_truth,
        "sees": plan.method.sees,
        "ours": plan.method.ours,
        "started": now(),
        "timings": {},
        "environment": environment(),
    }


def supervision(plan: Plan) -> list[str]:
    """What the method was given beyond raw frames, by its data and by its teacher too."""
    truth = ["the truth"] if plan.method.needs_truth else []  # it cannot hide that
    taught = supervision(plan.teacher) if plan.teacher else []
    data = [*plan.dataset.supervision, *(plan.extended.supervision if plan.extended else ())]
    given = [*truth, *data, *plan.method.supervision, *taught]
    return list(dict.fromkeys(given))
