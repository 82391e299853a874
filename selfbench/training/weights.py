"""Stored weights on their way back into networks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor

from selfbench.errors import DataError


def as_tensors(weights: Mapping[str, Any]) -> dict[str, Tensor]:
    """Return named tensors or arrays, as `Method.load_weights` gets them, as tensors."""
    return {
        name: value if isinstance(value, Tensor) else torch.from_numpy(np.array(value))
        for name, value in weights.items()
    }


@contextmanager
def fitting(method: str) -> Iterator[None]:
    """Turn what torch says of missing or other weights into a `DataError` in one sentence."""
    try:
        yield
    except (KeyError, RuntimeError) as error:
        raise DataError(
            f"These weights do not fit {method} with its present parameters: "
            f"{' '.join(line.strip() for line in str(error).splitlines()[:2])}"
        ) from error
