"""From names and `--set` texts to the cells to compute."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from selfbench.contracts import Ablation, Dataset, Method, Where
from selfbench.errors import UsageError
from selfbench.plugins.registry import Registry
from selfbench.plugins.settings import check_scopes
from selfbench.stages.plan.identity import dataset_identity, steps_identity
from selfbench.stages.plan.lookup import (
    Lookup,
    Resolved,
    changed_params,
    defaults,
    open_dataset,
)
from selfbench.store.cell_folder import Cell, cell_key
from selfbench.vision.refiners import Step, parse_steps


@dataclass(frozen=True)
class Plan:
    """One cell with the objects that compute it."""

    cell: Cell
    method: Method
    dataset: Dataset
    changed: Mapping[str, Any]  # what the user set, to tell rows of a table apart
    fit_key: str = ""  # of all that `fit` sees
    post: tuple[Step, ...] = ()  # what is done to predictions before they are stored
    teacher: Plan | None = None  # whose soft masks `fit` learns from
    extended: Dataset | None = None  # whose training clips `fit` gets besides


def plan_cells(
    registry: Registry,
    methods: Sequence[str],
    datasets: Sequence[str],
    seeds: Sequence[int],
    settings: Mapping[str, str],
    preset: str | None,
    where: Where,
    post: tuple[Step, ...] = (),
) -> list[Plan]:
    """Return every combination, each dataset opened once.

    `settings` are `key=value` for all methods, or `NAME.key=value` for the plug-in NAME alone,
    which may be the teacher of a method.

    Raises:
        UsageError: for unknown names and refused parameters, before anything is computed.
        DataError: if a dataset is missing.
    """
    method_entries = registry.select("methods", methods)
    dataset_entries = registry.select("datasets", datasets)
    lookup = Lookup(registry, settings, where, post)
    resolved = [lookup.method(entry, preset) for entry in method_entries]
    names = [entry.name for entry in (*method_entries, *dataset_entries)]
    check_scopes(settings, [*names, *(name for one in resolved for name in one.names_besides())])
    opened = [open_dataset(entry, settings, where) for entry in dataset_entries]
    return _combine(resolved, opened, seeds, lookup)


def plan_ablation(
    registry: Registry,
    ablation: Ablation,
    datasets: Sequence[str],
    seeds: Sequence[int],
    settings: Mapping[str, str],
    preset: str | None,
    where: Where,
    post: tuple[Step, ...] = (),
) -> dict[str, list[Plan]]:
    """Return the plans of each row by its label; they are those of `plan_cells` with `--set`.

    Raises:
        UsageError: as `plan_cells`, and if `settings` hold what the rows change.
    """
    entry = registry.entry("methods", ablation.method)
    dataset_entries = registry.select("datasets", datasets)
    varied = {name for row in ablation.rows for name in row.overrides}
    varied |= {
        f"{e.name}.{name}" for e in dataset_entries for r in ablation.rows for name in r.data
    }
    for key in settings:
        if key.removeprefix(f"{entry.name}.") in varied:
            raise UsageError(
                f"--set {key}: the rows of the ablation '{ablation.name}' change this parameter; "
                f"set another, or run one value with `selfbench run --method {entry.name}`."
            )
    lookup = Lookup(registry, settings, where, post)
    rows = {row.label: lookup.row(entry, row, preset) for row in ablation.rows}
    names = [entry.name, *(e.name for e in dataset_entries)]
    besides = [name for resolved in rows.values() for name in resolved.names_besides()]
    check_scopes(settings, [*names, *besides])
    opened: dict[str, list[Dataset]] = {}  # by what the rows change of them, each opened once
    for data in (row.data for row in ablation.rows if str(row.data) not in opened):
        opened[str(data)] = [
            open_dataset(e, {**settings, **{f"{e.name}.{k}": v for k, v in data.items()}}, where)
            for e in dataset_entries
        ]
    return {
        row.label: _combine([rows[row.label]], opened[str(row.data)], seeds, lookup)
        for row in ablation.rows
    }


def _combine(
    methods: Sequence[Resolved], datasets: Sequence[Dataset], seeds: Sequence[int], lookup: Lookup
) -> list[Plan]:
    plans: list[Plan] = []
    for dataset in datasets:
        data = dataset_identity(dataset)  # once: it may read every file
        for resolved in methods:
            plans += _plan_seeds(resolved, dataset, data, seeds, lookup)
    return plans


def _plan_seeds(
    resolved: Resolved,
    dataset: Dataset,
    data: dict[str, Any],
    seeds: Sequence[int],
    lookup: Lookup,
) -> Iterator[Plan]:
    """Yield one method on one dataset, with the teacher and the second dataset that it names."""
    method = resolved.make()
    identity = resolved.identity(lookup.where.cache) | data
    if method.needs_truth:
        identity["truth"] = dataset.truth_fingerprint()
    teachers, extended = list[Plan](), None
    if method.teacher:
        of_teacher = replace(lookup, post=parse_steps(method.teacher_post))
        resolved_teacher = lookup.teacher(method)
        teachers = list(_plan_seeds(resolved_teacher, dataset, data, seeds, of_teacher))
        identity["teacher"] = teachers[0].cell.identity
    if method.extended:
        extended = lookup.dataset(method.extended)
        identity["extended"] = dataset_identity(extended)
    learnt = {n: v for n, v in identity["params"].items() if n not in method.predict_only}
    fit_key = cell_key(identity | {"params": learnt})
    changed = {
        "method": resolved.changed,
        "dataset": changed_params(dataset.params, defaults(type(dataset).Params)),
    }
    if lookup.post:
        identity["post"] = steps_identity(lookup.post)
        changed["method"] = resolved.changed | {"post": ",".join(map(str, lookup.post))}
    key = cell_key(identity)
    for i, seed in enumerate(seeds):
        yield Plan(
            Cell(dataset.name, resolved.label, key, seed, identity),
            resolved.make(),
            dataset,
            changed,
            fit_key,
            lookup.post,
            teachers[i] if teachers else None,
            extended,
        )
