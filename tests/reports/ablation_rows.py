"""What every declared ablation must fulfil."""

from __future__ import annotations

from selfbench.contracts import Ablation
from selfbench.params import build
from selfbench.plugins.registry import Registry


def ablations_in(module) -> list[Ablation]:
    return [value for value in vars(module).values() if isinstance(value, Ablation)]


def check_rows(ablation: Ablation) -> None:
    """Every row can be run, and no two are the same run."""
    registry = Registry()
    runs = []
    for row in ablation.rows:
        kind = registry.entry("methods", row.method or ablation.method).load()
        params = build(kind.Params, row.overrides, kind.name)
        runs.append((kind.name, params.model_dump_json(), dict(row.data)))
    assert all(runs.count(run) == 1 for run in runs) and len(runs) > 1
    assert any(row.overrides for row in ablation.rows)
