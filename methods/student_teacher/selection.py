"""Which masks are learnt from: module C of Croitoru et al. 2019 (4.2.1)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from selfbench.errors import DataError

BLOCK = 256  # masks read at once


def nonzero_mean(masks: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the mean of the non-zero pixels of masks (N, M, M), (N,) in [0, 1]; 0 if empty."""
    means = []
    for start in range(0, len(masks), BLOCK):
        block = masks[start : start + BLOCK].reshape(-1, masks.shape[1] * masks.shape[2])
        total = block.sum(axis=1, dtype=np.int64)
        means.append(total / np.maximum(1, np.count_nonzero(block, axis=1)) / 255)
    return np.concatenate(means)


def best_share(scores: NDArray[np.float64], keep: float) -> NDArray[np.int64]:
    """Return the indices of the best `keep` of `scores`, at least one; empty masks never count.

    Args:
        scores: (N,), 0 for an empty mask.
        keep: share of all masks, in (0, 1].
    """
    count = max(1, round(keep * len(scores)))
    order = np.argsort(-scores, kind="stable")[:count]
    return np.sort(order[scores[order] > 0])


def first_labels(masks: NDArray[np.uint8], keep: float, teacher: str) -> NDArray[np.int64]:
    """Return the indices (L, 2) of teacher and frame that generation 1 learns from.

    Args:
        masks: of the teacher, (N, M, M).
        keep: share of all masks, in (0, 1].
        teacher: its name.

    Raises:
        DataError: if all of the teacher's masks are empty.
    """
    frames = best_share(nonzero_mean(masks), keep)
    if not len(frames):
        raise DataError(
            f"The teacher {teacher} found nothing in any of {len(masks)} training frames, so there "
            "is nothing to learn; look at its own masks with `selfbench run --method "
            f"{teacher}`, or name another teacher with --set teacher=NAME."
        )
    return np.stack([np.zeros_like(frames), frames], axis=1)


def later_labels(
    scores: NDArray[np.float64], threshold: float, keep: float, generation: int
) -> NDArray[np.int64]:
    """Return the indices (L, 2) of student and frame that the next generation learns from.

    Args:
        scores: (students, N) of EvalSeg-Net; -inf for an empty mask.
        threshold: the least score, from which on masks count.
        keep: share of all masks, the best of those, at most.
        generation: whose masks they are.

    Raises:
        DataError: if none passes.
    """
    count = max(1, round(keep * scores.size))
    order = np.argsort(-scores, axis=None, kind="stable")[:count]
    order = order[scores.ravel()[order] >= max(threshold, np.finfo(float).min)]
    if not len(order):
        best = float(scores.max())
        reason = f"the best has {best:.2f}" if np.isfinite(best) else "all are empty"
        raise DataError(
            f"No mask of generation {generation} reaches the score {threshold:g} of EvalSeg-Net "
            f"({reason}), so generation {generation + 1} has nothing to learn from; lower it with "
            "--set later_threshold=0.5, or train longer with --set steps=N."
        )
    return np.stack(np.unravel_index(np.sort(order), scores.shape), axis=1).astype(np.int64)
