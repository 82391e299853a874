"""The state of a training as safetensors: tensors apart, everything else as JSON, no pickle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from selfbench.errors import StoreError
from selfbench.store.atomic import replacing, storing

if TYPE_CHECKING:
    import torch

TENSOR = "__tensor__"  # stands in the JSON where a tensor was


def save(path: Path, state: Mapping[str, Any]) -> None:
    """Write nested dicts and lists of tensors, numbers, texts and None, in one step."""
    from safetensors.torch import save_file

    tensors: dict[str, torch.Tensor] = {}
    tree = json.dumps(_split(dict(state), "", tensors))
    with storing(path.parent), replacing(path) as temporary:
        save_file(tensors, temporary, {"tree": tree})


def load(path: Path) -> dict[str, Any] | None:
    """Return what `save` wrote, or None if there is nothing.

    Raises:
        StoreError: if the file is not one that `save` wrote.
    """
    from safetensors import SafetensorError, safe_open

    if not path.exists():
        return None
    try:
        with safe_open(path, "pt") as file:
            tree = json.loads(file.metadata()["tree"])
            return dict(_join(tree, file.get_tensor))
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise StoreError(
            f"{path} is not a checkpoint ({error}); delete it and give the same command again."
        ) from error


def _split(value: Any, name: str, tensors: dict[str, torch.Tensor]) -> Any:
    if hasattr(value, "detach"):
        tensors[name] = value.detach().cpu().contiguous().clone()
        return {TENSOR: name}
    if isinstance(value, Mapping):
        # Pairs, because the keys of an optimiser's state are numbers and JSON has only texts.
        return {"pairs": [[k, _split(v, f"{name}/{k}", tensors)] for k, v in value.items()]}
    if isinstance(value, (list, tuple)):
        return [_split(v, f"{name}/{i}", tensors) for i, v in enumerate(value)]
    return value


def _join(tree: Any, tensor: Any) -> Any:
    if isinstance(tree, list):
        return [_join(item, tensor) for item in tree]
    if not isinstance(tree, dict):
        return tree
    if TENSOR in tree:
        return tensor(tree[TENSOR])
    return {key: _join(value, tensor) for key, value in tree["pairs"]}
