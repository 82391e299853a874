"""From names and `--set` texts to the cells to compute."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from selfbench.contracts import Ablation, AblationRow, Dataset, Method, Variant, Where
from selfbench.errors import DataError, UsageError, did_you_mean
from selfbench.params import Params, build
from selfbench.plugins.registry import Entry, Registry
from selfbench.plugins.source import source_digest
from selfbench.store.cell_folder import Cell, cell_key
from selfbench.store.digest import digest_files
from selfbench.store.places import cache_folder
from selfbench.vision import refiners
from selfbench.vision.refiners import Step


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


def data_places(root: Path | None, cache: Path | None = None) -> Where:
    """Return where data lies: the arguments, else SELFBENCH_DATA and SELFBENCH_CACHE.

    Raises:
        DataError: if the data root is named but is no folder.
    """
    if root is None and "SELFBENCH_DATA" in os.environ:
        root = Path(os.environ["SELFBENCH_DATA"])
    if root is not None and not root.is_dir():
        raise DataError(
            f"The data root {root} is not a folder; --data-root (or SELFBENCH_DATA) names the one "
            "that holds DAVIS/, FS-Singles/, ..."
        )
    return Where(root, cache or cache_folder())


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
    lookup = _Lookup(registry, settings, where, post)
    resolved = [lookup.resolve(entry, settings, preset) for entry in method_entries]
    names = [entry.name for entry in (*method_entries, *dataset_entries)]
    check_scopes(settings, [*names, *(name for of in resolved for name in of.scopes())])
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
    lookup = _Lookup(registry, settings, where, post)
    rows = {row.label: lookup.row(entry, row, preset) for row in ablation.rows}
    names = [entry.name, *(e.name for e in dataset_entries)]
    check_scopes(settings, [*names, *(name for of in rows.values() for name in of.scopes())])
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
    resolved: Sequence[_Resolved], opened: Sequence[Dataset], seeds: Sequence[int], lookup: _Lookup
) -> list[Plan]:
    plans: list[Plan] = []
    for dataset in opened:
        data = _data_identity(dataset)  # once: it may read every file
        for of in resolved:
            plans += _plan_seeds(of, dataset, data, seeds, lookup)
    return plans


def _plan_seeds(
    of: _Resolved,
    dataset: Dataset,
    data: dict[str, Any],
    seeds: Sequence[int],
    lookup: _Lookup,
) -> Iterator[Plan]:
    """One method on one data set, with the teacher and the second data set that it names."""
    method = of.kind(of.params)
    identity = of.identity(lookup.where.cache) | data
    if method.needs_truth:
        identity["truth"] = dataset.truth_fingerprint()
    teachers, extended = list[Plan](), None
    if method.teacher:
        plain = replace(lookup, post=())
        teachers = list(_plan_seeds(plain.teacher(method), dataset, data, seeds, plain))
        identity["teacher"] = teachers[0].cell.identity
    if method.extended:
        extended = lookup.dataset(method.extended)
        identity["extended"] = _data_identity(extended)
    learnt = {n: v for n, v in identity["params"].items() if n not in method.predict_only}
    fit_key = cell_key(identity | {"params": learnt})
    changed = {
        "method": of.changed,
        "dataset": _changed(dataset.params, _defaults(type(dataset).Params)),
    }
    if lookup.post:
        identity["post"] = _post_identity(lookup.post)
        changed["method"] = of.changed | {"post": ",".join(map(str, lookup.post))}
    key = cell_key(identity)
    for i, seed in enumerate(seeds):
        cell = Cell(dataset.name, of.label, key, seed, identity)
        teacher = teachers[i] if teachers else None
        yield Plan(
            cell, of.kind(of.params), dataset, changed, fit_key, lookup.post, teacher, extended
        )


def _post_identity(steps: Sequence[Step]) -> dict[str, Any]:
    """What the key of a cell says of the steps its predictions went through."""
    return {
        "steps": [str(step) for step in steps],
        "source": source_digest(refiners.__name__),
    }


def _data_identity(dataset: Dataset) -> dict[str, Any]:
    """What the key of a cell says of a data set."""
    return {
        "dataset": dataset.name,
        "dataset_params": dataset.params.model_dump(mode="json"),
        "frames": dataset.frames_fingerprint(),
    }


def open_dataset(entry: Entry, settings: Mapping[str, Any], where: Where) -> Dataset:
    """Return the dataset with its own `NAME.key=value` settings."""
    kind = entry.load()
    params = build(kind.Params, _scoped(settings, entry.name), entry.name)
    dataset: Dataset = kind(params, where)
    return dataset


@dataclass(frozen=True)
class _Resolved:
    """A method with its parameters, before it meets a data set."""

    label: str  # the method's or variant's name
    kind: type[Method]
    params: Params
    source: str  # digest
    changed: dict[str, Any]  # what the user changed

    def identity(self, cache: Path) -> dict[str, Any]:
        """What the key of a cell says of the method."""
        params = self.params.model_dump(mode="json")
        identity = {"method": self.kind.name, "params": params, "source": self.source}
        for name, words in self.params.path_fields.items():
            if params[name] not in words and (place := Path(params[name]).expanduser()).exists():
                identity[f"contents of {name}"] = _contents(place, cache)
        return identity

    def scopes(self) -> list[str]:
        """The other plug-ins it names: they too may be set from the command line."""
        method = self.kind(self.params)
        return [name for name in (method.teacher, method.extended) if name]


@dataclass(frozen=True)
class _Lookup:
    """Finds the plug-ins that methods name: teachers and data sets to learn more from."""

    registry: Registry
    settings: Mapping[str, Any]
    where: Where
    post: tuple[Step, ...]

    def resolve(
        self, entry: Entry, settings: Mapping[str, Any], preset: str | None = None
    ) -> _Resolved:
        return _resolve(self.registry, entry, settings, preset)

    def row(self, entry: Entry, row: AblationRow, preset: str | None) -> _Resolved:
        """A row of an ablation; one of another method has that method's settings alone."""
        if row.method:
            other = self.registry.entry("methods", row.method)
            scoped = {k: v for k, v in self.settings.items() if k.startswith(f"{other.name}.")}
            return self.resolve(other, {**scoped, **row.overrides})
        return self.resolve(entry, {**self.settings, **row.overrides}, preset)

    def teacher(self, method: Method) -> _Resolved:
        """A teacher hears only what is said to it by name."""
        if method.teacher == method.name:
            raise UsageError(
                f"{method.name} cannot be its own teacher; name another method, e.g. --set "
                "teacher=videopca."
            )
        entry = self.registry.entry("methods", method.teacher)
        teacher = self.resolve(entry, {k: v for k, v in self.settings.items() if "." in k})
        if teacher.kind.needs_truth:
            raise UsageError(
                f"{teacher.label} sees the truth, so {method.name} must not learn from it; name "
                "another method, e.g. --set teacher=videopca."
            )
        return teacher

    def dataset(self, name: str) -> Dataset:
        return open_dataset(self.registry.entry("datasets", name), self.settings, self.where)


def _resolve(
    registry: Registry, entry: Entry, settings: Mapping[str, Any], preset: str | None
) -> _Resolved:
    loaded, values = entry.load(), dict[str, Any]()
    base = entry
    if isinstance(loaded, Variant):
        base = registry.entry("methods", loaded.method)
        values.update(loaded.overrides)
        loaded = base.load()
    if preset is not None:
        if preset not in loaded.presets:
            raise UsageError(
                f"{entry.name} has no preset '{preset}'.{did_you_mean(preset, loaded.presets)}"
            )
        values.update(loaded.presets[preset])
    usual = _defaults(loaded.Params) | values
    values.update({key: text for key, text in settings.items() if "." not in key})
    values.update(_scoped(settings, entry.name))
    params = build(loaded.Params, values, entry.name)
    changed = ({"preset": preset} if preset else {}) | _changed(params, usual)
    return _Resolved(entry.name, loaded, params, source_digest(base.module, base.file), changed)


def _contents(place: Path, cache: Path) -> str:
    """Return a digest of a file, or of all files in a folder."""
    if not place.is_dir():
        return digest_files([place], place.parent, cache)
    return digest_files((file for file in place.rglob("*") if file.is_file()), place, cache)


def _defaults(model: type[Params]) -> dict[str, Any]:
    """Default values; a required parameter has one that equals nothing."""
    return {n: f.get_default(call_default_factory=True) for n, f in model.model_fields.items()}


def _changed(params: Params, usual: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that differ from `usual`."""
    plain = params.model_dump(mode="json")
    return {name: plain[name] for name in plain if getattr(params, name) != usual[name]}


def _scoped(settings: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {k[len(name) + 1 :]: v for k, v in settings.items() if k.startswith(f"{name}.")}


def check_scopes(settings: Mapping[str, str], names: Sequence[str]) -> None:
    """Refuse `NAME.key=value` where NAME is none of the selected plug-ins."""
    for key in settings:
        if "." in key and not any(key.startswith(f"{name}.") for name in names):
            scope = key.partition(".")[0]
            raise UsageError(
                f"--set {key}: '{scope}' is not a selected method or dataset."
                f"{did_you_mean(scope, names)}"
            )
