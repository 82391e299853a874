"""Thresholds of 8-bit soft masks, 0.05 ... 0.95, in exact integer arithmetic.

The grid is that of Katircioglu et al. 2022, 4.1: steps of 0.05, the best J on the evaluation set.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

STEPS = tuple(range(1, 20))  # k of the threshold k/20
LEVELS = tuple(k / 20 for k in STEPS)

# v/255 > k/20 strictly, in integers: floats would let 51/255 > 0.2 depend on the dtype.
# A pixel value is foreground where it is greater than floor(255 k / 20).
CUTS = np.array([255 * k // 20 for k in STEPS])  # (19,)


def binarise(soft: NDArray[np.uint8], level: float) -> NDArray[np.bool_]:
    """Return the foreground (H, W) of an 8-bit soft mask at `level`, strictly greater.

    `level` is one of `LEVELS`; 0.0 means "any label above zero".
    """
    return soft > 255 * round(level * 20) // 20
