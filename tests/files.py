"""Files that tests write."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from selfbench.media.masks import encode_mask


def write_mask(path: Path, mask: np.ndarray) -> None:
    """Write a soft mask or labels as a PNG, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode_mask(mask))
