"""`list_plugins`, `load_dataset`, `open_datasets` and `check`: what there is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from selfbench.api.context import (
    Names,
    Place,
    Plugins,
    Settings,
    as_list,
    make_context,
    open_named,
)
from selfbench.checks.doctor import check_dataset
from selfbench.checks.findings import Checkup
from selfbench.contracts import Dataset
from selfbench.errors import UsageError
from selfbench.plugins.listing import PluginInfo, brief_all
from selfbench.stages.plan import check_scopes, open_dataset


def load_dataset(
    name: str,
    *,
    plugin: Plugins = (),
    data_root: Place | None = None,
    **params: Any,
) -> Dataset:
    """Return a dataset: `.clips(split)` are what methods see, `.truth(split)` its annotations.

    Args:
        name: of the dataset.
        params: its parameters; `selfbench list NAME` shows them.

    Raises:
        UsageError: for an unknown name or a refused parameter.
    """
    context = make_context(plugin, data_root)
    return open_named(context, name, {f"{name}.{key}": value for key, value in params.items()})


def open_datasets(
    dataset: Names = "*",
    *,
    settings: Settings | None = None,
    plugin: Plugins = (),
    data_root: Place | None = None,
) -> Iterator[Dataset]:
    """Yield datasets with their settings; with a wildcard, those that need none."""
    context = make_context(plugin, data_root)
    names, values = as_list(dataset), dict(settings or {})
    entries = context.registry.select("datasets", names)
    check_scopes(values, [entry.name for entry in entries])
    for entry in entries:
        try:
            yield open_dataset(entry, values, context.source.where)
        except UsageError:
            if any(entry.name in name.split(",") for name in names):
                raise


def check(
    dataset: Names,
    *,
    settings: Settings | None = None,
    workers: int | None = None,
    plugin: Plugins = (),
    data_root: Place | None = None,
    quiet: bool = False,
) -> Iterator[Checkup]:
    """Read every frame and annotation of datasets; yield what is wrong with each.

    Args:
        dataset: names of datasets; wildcards leave out those that need parameters.
        settings: `NAME.key` -> value.
        workers: as for `run`, like what follows.
    """
    context = make_context(plugin, data_root, workers=workers, quiet=quiet)
    for data in open_datasets(dataset, settings=settings, plugin=plugin, data_root=data_root):
        with context.progress.bar(f"checking {data.name}") as (advance, _):
            checkup = check_dataset(data, context.workers, advance)
        yield checkup


def list_plugins(kind: str | None = None, *, plugin: Plugins = ()) -> list[PluginInfo]:
    """Return all plug-ins, or those of one kind, importing none of them.

    Args:
        kind: methods, datasets, metrics, reports or ablations.

    Raises:
        UsageError: for another kind.
    """
    return brief_all(make_context(plugin).registry, kind)
