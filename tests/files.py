"""Files that tests write."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from selfbench.media.masks import encode_mask


def write_mask(path: Path, mask: np.ndarray) -> None:
    """Write a soft mask or labels as a PNG, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode_mask(mask))


def write_frames(folder: Path, frames: Sequence[np.ndarray]) -> Path:
    """Write frames (H, W, 3) as PNGs and return their folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for i, frame in enumerate(frames):
        Image.fromarray(frame).save(folder / f"{i:05d}.png")
    return folder
