"""Boxes in a text file with a line per frame, as tracking benchmarks (OTB) publish them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from selfbench.contracts import Boxes
from selfbench.errors import DataError


def read_box_list(path: Path, frames: Sequence[str]) -> dict[str, Boxes]:
    """Return frame name -> box (1, 4) xyxy of a file with `x,y,width,height` per frame.

    Numbers are separated by commas, tabs or blanks. A frame whose line has NaN or no area has no
    box: the object is out of view.

    Raises:
        DataError: if a line is something else, or lines and frames differ in number.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read: {error}; expected a line per frame.") from error
    while lines and not lines[-1].strip():
        lines.pop()
    if len(lines) != len(frames):
        raise DataError(
            f"{path} has {len(lines)} lines for {len(frames)} frames; expected one per frame."
        )
    boxes = {}
    for number, (name, line) in enumerate(zip(frames, lines, strict=True), 1):
        try:
            x, y, width, height = (float(word) for word in re.split(r"[,\s]+", line.strip()))
        except ValueError as error:
            raise DataError(
                f"line {number} of {path} is '{line}'; expected x,y,width,height in pixels."
            ) from error
        if width > 0 and height > 0 and np.isfinite([x, y, width, height]).all():
            boxes[name] = np.array([[x, y, x + width, y + height]])
    return boxes
