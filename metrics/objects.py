"""J and F of several objects per clip, matched over the whole clip: DAVIS 2017 unsupervised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import ClipFrame, ClipMetric
from selfbench.metrics.davis_statistics import STATISTICS, summarise
from selfbench.metrics.matching import MAX_PROPOSALS, Matched, match_objects

_PROTOCOL = (
    "{} of each true object with the predicted object that the Hungarian algorithm assigns to it "
    f"over the whole clip (by the mean of J and F; at most {MAX_PROPOSALS} predicted objects), "
    "mean over the objects of all clips; a mask without labels of objects is one object"
)


class _OfObjects(ClipMetric):
    """Shares one matching among the metrics that look at the same frames."""

    of_objects = True
    _last: ClassVar[tuple[Sequence[ClipFrame], Matched] | None] = None

    def clip(self, frames: Sequence[ClipFrame]) -> Mapping[str, NDArray[np.float64]]:
        """Return object -> its value in each frame."""
        if _OfObjects._last is None or _OfObjects._last[0] is not frames:
            _OfObjects._last = frames, match_objects(frames)
        matched = _OfObjects._last[1]
        values = self.values(matched)
        return {str(number): values[i] for i, number in enumerate(matched.objects)}

    def values(self, matched: Matched) -> NDArray[np.float64]:
        """Return the value of each object in each frame (objects, frames)."""
        raise NotImplementedError


class ObjectJ(_OfObjects):
    """J of several objects, matched by the Hungarian algorithm (DAVIS 2017 unsupervised)."""

    name = "J-objects"
    protocol = _PROTOCOL.format("J (intersection over union)")
    statistics = STATISTICS
    lower_is_better = ("decay",)

    def values(self, matched: Matched) -> NDArray[np.float64]:
        """Return J."""
        return matched.J

    def summarise(self, values: NDArray[np.float64]) -> dict[str, float]:
        """Return mean, recall and decay of the values (n,) of one object."""
        return summarise(values)


class ObjectF(ObjectJ):
    """F of several objects, matched by the Hungarian algorithm (DAVIS 2017 unsupervised)."""

    name = "F-objects"
    protocol = _PROTOCOL.format("F (F-measure of the boundary)")

    def values(self, matched: Matched) -> NDArray[np.float64]:
        """Return F."""
        return matched.F


class ObjectJF(_OfObjects):
    """J&F: mean of J and F of several objects, matched by the Hungarian algorithm (DAVIS 2017)."""

    name = "J&F"
    protocol = _PROTOCOL.format("Mean of J and F")

    def values(self, matched: Matched) -> NDArray[np.float64]:
        """Return the mean of both."""
        return (matched.J + matched.F) / 2
