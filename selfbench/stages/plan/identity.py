"""What the key of a cell is made of: everything that its results depend on, and nothing else.

The same on every machine: what lies in a file or folder counts, not where it lies.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from selfbench.contracts import Dataset, Method
from selfbench.params import Params
from selfbench.plugins.source import source_digest
from selfbench.store.digest import digest_files
from selfbench.vision import refiners
from selfbench.vision.refiners import Step


def method_identity(
    method: type[Method], params: Params, source: str, cache: Path
) -> dict[str, Any]:
    """Return what a key says of a method.

    Args:
        method: its class.
        params: all of its parameters.
        source: a digest of what it computes.
        cache: where digests of large folders are kept.
    """
    values = params.model_dump(mode="json")
    for name, words in params.path_fields.items():
        text = values[name]
        if text is None or text in words:  # not to be taken for a folder of that name
            continue
        if (place := Path(text).expanduser()).exists():  # what is missing is refused later
            values[name] = {"contents": _contents(place, cache)}
    return {"method": method.name, "params": values, "source": source}


def dataset_identity(dataset: Dataset) -> dict[str, Any]:
    """Return what a key says of a dataset; its files are in the digest of its frames."""
    params = dataset.params.model_dump(mode="json", exclude=set(dataset.params.path_fields))
    return {
        "dataset": dataset.name,
        "dataset_params": params,
        "frames": dataset.frames_fingerprint(),
    }


def steps_identity(steps: Sequence[Step]) -> dict[str, Any]:
    """Return what a key says of the steps that predictions go through."""
    return {
        "steps": [str(step) for step in steps],
        "source": source_digest(refiners.__name__),
    }


def _contents(place: Path, cache: Path) -> str:
    """Return a digest of a file whatever its name, or of all files in a folder."""
    if place.is_dir():
        return digest_files((file for file in place.rglob("*") if file.is_file()), place, cache)
    return digest_files([place], place)  # read anew: files of the same size may be of the same age
