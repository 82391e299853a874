"""What a stored run was made of, opened again: its dataset, and its method with its weights."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from selfbench.contracts import Clip, Dataset, Devices, Marks, Method, Run, StoredRun, Where
from selfbench.errors import DataError
from selfbench.params import build
from selfbench.plugins.registry import Registry
from selfbench.store.cell_folder import CellStore


def reopen_dataset(run: StoredRun, registry: Registry, where: Where) -> Dataset:
    """Return the dataset of a run, opened as it was then.

    Raises:
        DataError: if it is missing or its frames have changed since the run.
    """
    manifest = run.manifest
    kind = registry.entry("datasets", manifest["dataset"]).load()
    dataset: Dataset = kind(build(kind.Params, manifest["dataset_params"], kind.name), where)
    if dataset.frames_fingerprint() != manifest["identity"]["frames"]:
        raise DataError(
            f"The frames of {kind.name} have changed since {manifest['method']} "
            f"({manifest['key']}) was computed; run the method again."
        )
    return dataset


def draw_marks(run: StoredRun, clip: Clip, registry: Registry, devices: Devices) -> Iterator[Marks]:
    """Yield what the method of a run draws over each frame of a clip; nothing if it draws none."""
    if "params" not in run.manifest:
        return  # masks from elsewhere
    kind: type[Method] = registry.entry("methods", run.manifest["identity"]["method"]).load()
    if kind.marks is Method.marks:
        return
    method = kind(build(kind.Params, run.manifest["params"], kind.name))
    if (weights := CellStore(run.folder).read_weights()) is not None:
        method.load_weights(weights)
    yield from method.marks(clip, Run(run.manifest["seed"], Path(run.folder), devices))
