"""The plug-ins that a plan names: methods with their parameters, teachers, opened datasets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selfbench.contracts import AblationRow, Dataset, Method, Variant, Where
from selfbench.errors import UsageError, did_you_mean
from selfbench.params import Params, build
from selfbench.plugins.registry import Entry, Registry
from selfbench.plugins.settings import common_settings, own_settings, scoped_settings
from selfbench.plugins.source import source_digest
from selfbench.stages.plan.identity import method_identity
from selfbench.vision.refiners import Step


@dataclass(frozen=True)
class Resolved:
    """A method with its parameters, before it meets a dataset."""

    label: str  # the method's or variant's name
    kind: type[Method]
    params: Params
    source: str  # digest
    changed: dict[str, Any]  # what the user changed

    def make(self) -> Method:
        """Return a method that has learnt nothing."""
        return self.kind(self.params)

    def identity(self, cache: Path) -> dict[str, Any]:
        """Return what the key of a cell says of the method."""
        return method_identity(self.kind, self.params, self.source, cache)

    def names_besides(self) -> list[str]:
        """Return the other plug-ins it names: they too may be set from the command line."""
        method = self.make()
        return [name for name in (method.teacher, method.extended) if name]


@dataclass(frozen=True)
class Lookup:
    """Finds plug-ins by name and gives them the settings that are meant for them."""

    registry: Registry
    settings: Mapping[str, Any]
    where: Where
    post: tuple[Step, ...] = ()

    def method(self, entry: Entry, preset: str | None = None) -> Resolved:
        """Return a method or variant that the user named."""
        return self._resolve(entry, self.settings, preset)

    def row(self, entry: Entry, row: AblationRow, preset: str | None) -> Resolved:
        """Return the method of an ablation's row; another one has that method's settings alone."""
        if row.method:
            other = self.registry.entry("methods", row.method)
            scoped = {k: v for k, v in self.settings.items() if k.startswith(f"{other.name}.")}
            return self._resolve(other, {**scoped, **row.overrides})
        return self._resolve(entry, {**self.settings, **row.overrides}, preset)

    def teacher(self, method: Method) -> Resolved:
        """Return the teacher that a method names; it hears only what is said to it by name.

        Raises:
            UsageError: if it names itself or one that sees the truth.
        """
        if method.teacher == method.name:
            raise UsageError(
                f"{method.name} cannot be its own teacher; name another method with --set "
                f"{method.name}.teacher=METHOD."
            )
        entry = self.registry.entry("methods", method.teacher)
        teacher = self._resolve(entry, scoped_settings(self.settings))
        if teacher.kind.needs_truth:
            raise UsageError(
                f"{teacher.label} sees the truth, so {method.name} must not learn from it; name "
                f"another method with --set {method.name}.teacher=METHOD."
            )
        return teacher

    def dataset(self, name: str) -> Dataset:
        """Return a dataset by its name."""
        return open_dataset(self.registry.entry("datasets", name), self.settings, self.where)

    def _resolve(
        self, entry: Entry, settings: Mapping[str, Any], preset: str | None = None
    ) -> Resolved:
        loaded, values = entry.load(), dict[str, Any]()
        base = entry
        if isinstance(loaded, Variant):
            base = self.registry.entry("methods", loaded.method)
            values.update(loaded.overrides)
            loaded = base.load()
        if preset is not None:
            if preset not in loaded.presets:
                hint = did_you_mean(preset, loaded.presets)
                raise UsageError(f"{entry.name} has no preset '{preset}'.{hint}")
            values.update(loaded.presets[preset])
        usual = defaults(loaded.Params) | values
        values.update(common_settings(settings))
        values.update(own_settings(settings, entry.name))
        params = build(loaded.Params, values, entry.name)
        changed = ({"preset": preset} if preset else {}) | changed_params(params, usual)
        source = source_digest(base.module, base.file, base.attribute)
        return Resolved(entry.name, loaded, params, source, changed)


def open_dataset(entry: Entry, settings: Mapping[str, Any], where: Where) -> Dataset:
    """Return the dataset with its own `NAME.key=value` settings."""
    kind = entry.load()
    params = build(kind.Params, own_settings(settings, entry.name), entry.name)
    dataset: Dataset = kind(params, where)
    return dataset


def defaults(model: type[Params]) -> dict[str, Any]:
    """Return default values; a required parameter has one that equals nothing."""
    return {n: f.get_default(call_default_factory=True) for n, f in model.model_fields.items()}


def changed_params(params: Params, usual: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that differ from `usual`."""
    plain = params.model_dump(mode="json")
    return {name: plain[name] for name in plain if getattr(params, name) != usual[name]}
