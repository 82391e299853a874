"""What DAVIS reports of a clip: mean, recall and decay of its per-frame values.

Perazzi et al. 2016, section 4. Equal to the official toolkits up to 255 frames; beyond that those
overflow their 8-bit frame indices and return NaN or a wrong decay, this does not.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

STATISTICS = ("mean", "recall", "decay")
RECALL_LEVEL = 0.5  # a frame is recalled where its value is strictly greater
QUARTERS = 4


def summarise(values: NDArray[np.float64]) -> dict[str, float]:
    """Return mean, recall and decay of the values (n,) of one clip, in time order."""
    return {"mean": mean(values), "recall": recall(values), "decay": decay(values)}


def mean(values: NDArray[np.float64]) -> float:
    """Return the mean over the frames that have a value; NaN if none has one."""
    missing = np.isnan(values)
    if not missing.any():  # the same bits as nanmean, in a fifth of the time
        return float(values.mean()) if len(values) else float("nan")
    # numpy would return NaN as well, but with a warning for each such clip.
    return float("nan") if missing.all() else float(np.nanmean(values))


def recall(values: NDArray[np.float64]) -> float:
    """Return the share of frames with a value over 0.5, in [0, 1]; a NaN counts as a miss."""
    return mean((values > RECALL_LEVEL).astype(np.float64))


def decay(values: NDArray[np.float64]) -> float:
    """Return how much is lost over time: the mean of the first quarter minus that of the last.

    In [-1, 1] for values in [0, 1]; positive where the result gets worse. Neighbouring quarters
    share the frame at their border, as in the toolkits; a clip of one frame has a decay of 0.
    """
    borders = np.linspace(1, len(values), QUARTERS + 1)
    # The toolkits' rounding: numpy's own would send halves to the even neighbour.
    ids = np.round(borders + 1e-10).astype(np.int64) - 1
    return mean(values[ids[0] : ids[1] + 1]) - mean(values[ids[-2] : ids[-1] + 1])
