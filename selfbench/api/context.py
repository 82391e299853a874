"""What nearly every call needs: plug-ins, places, devices, progress."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from selfbench.contracts import Dataset
from selfbench.plugins.registry import Registry
from selfbench.stages.plan import check_scopes, data_places, open_dataset
from selfbench.stages.progress import Progress
from selfbench.stages.report.writing import Source
from selfbench.store.processors import processors
from selfbench.training.devices import TorchDevices

Names: TypeAlias = "str | Sequence[str]"  # names or wildcards, comma lists among them
Place: TypeAlias = "str | Path"
Plugins: TypeAlias = "Place | Iterable[Place]"  # Python files with plug-ins of one's own
Settings: TypeAlias = Mapping[str, Any]
RESULTS = Path("results")


@dataclass(frozen=True)
class Context:
    """The registry, the source of results, processes for scoring, and who is told."""

    registry: Registry
    source: Source
    workers: int
    progress: Progress


def make_context(
    plugin: Plugins = (),
    data_root: Place | None = None,
    results: Place = RESULTS,
    workers: int | None = None,
    device: str | None = None,
    devices: int | None = None,
    quiet: bool = False,
) -> Context:
    """Return what the arguments of a call mean; see `selfbench.run`."""
    files = [plugin] if isinstance(plugin, (str, Path)) else plugin
    registry = Registry([Path(file) for file in files])
    where = data_places(None if data_root is None else Path(data_root))
    asked = {"kind": device, "count": devices}
    on = TorchDevices(**{k: v for k, v in asked.items() if v is not None})  # type: ignore[arg-type]
    source = Source(Path(results), registry, where, on)
    return Context(registry, source, workers or processors(), Progress(quiet))


def as_list(names: Names | None) -> list[str]:
    """Return names as a list; none of None."""
    return [names] if isinstance(names, str) else list(names or [])


def as_seeds(seed: int | Iterable[int]) -> list[int]:
    """Return seeds as a list."""
    return [seed] if isinstance(seed, int) else list(seed)


def open_named(context: Context, name: str, settings: Settings) -> Dataset:
    """Return a dataset with its own `NAME.key` settings."""
    entry = context.registry.entry("datasets", name)
    check_scopes(dict(settings), [name])
    return open_dataset(entry, settings, context.source.where)
