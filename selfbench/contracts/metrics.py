"""The contracts of metrics: of masks, soft masks, clips, boxes, whole datasets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts.bitmask import BitMask
from selfbench.contracts.clips import Boxes, Truth
from selfbench.contracts.plugin import Plugin


class Metric(Plugin):
    """What all metrics share: values per frame, statistics over a clip, an average over the set."""

    lower_is_better: ClassVar[tuple[str, ...]] = ()  # those of `statistics` where less is better
    range: ClassVar[tuple[float, float]] = (0.0, 1.0)
    average: ClassVar[Literal["clips", "frames"]] = "clips"  # what weighs the same in the mean
    protocol: ClassVar[str] = ""  # the definition in one line, printed under tables
    statistics: ClassVar[tuple[str, ...]] = ("mean",)

    def summarise(self, values: NDArray[np.float64]) -> dict[str, float]:
        """Return each of `statistics` over the values (n,) of one clip in time order, n >= 1."""
        return {"mean": float(np.nanmean(values))}


class MaskMetric(Metric):
    """Compares a binary mask with the truth, frame by frame."""

    def frame(self, truth: BitMask, prediction: BitMask, void: BitMask | None = None) -> float:
        """Return the value of one frame."""
        raise NotImplementedError

    def curve(
        self,
        truth: NDArray[np.bool_],
        soft: NDArray[np.uint8],
        void: NDArray[np.bool_] | None = None,
    ) -> NDArray[np.float64] | None:
        """Return the value at each of `selfbench.media.masks.LEVELS` (19,), or None.

        A metric that returns values can choose thresholds: `best-<name>` becomes a rule.
        """
        return None


class SoftMetric(Metric):
    """Compares a soft mask with the truth, frame by frame, without any threshold of the harness."""

    def frame(
        self,
        truth: NDArray[np.bool_],
        soft: NDArray[np.uint8],
        void: NDArray[np.bool_] | None = None,
    ) -> float:
        """Return the value of one frame: masks (H, W), `soft` with 255 for certain foreground."""
        raise NotImplementedError


class CurveMetric(Metric):
    """One value per dataset, read off the mean over all frames of a curve of each soft mask."""

    def curve(
        self,
        truth: NDArray[np.bool_],
        soft: NDArray[np.uint8],
        void: NDArray[np.bool_] | None = None,
    ) -> NDArray[np.float64]:
        """Return the curve (K,) of one frame: masks (H, W), `soft` with 255 for certain."""
        raise NotImplementedError

    def value(self, mean: NDArray[np.float64]) -> float:
        """Return the value that the mean curve (K,) of the dataset stands for."""
        raise NotImplementedError


class ClipFrame(NamedTuple):
    """One annotated frame of a clip, as a `ClipMetric` sees it."""

    place: int  # among all frames of the clip, annotated or not
    truth: Truth
    objects: NDArray[np.uint8]  # (H, W), predicted, 0 background; a plain mask is object 1


class ClipMetric(Metric):
    """Needs the frames of a clip together: objects followed through it, or change over time."""

    # True: compares objects; a method that gives its own is not judged by its mask.
    of_objects: ClassVar[bool] = False

    def clip(self, frames: Sequence[ClipFrame]) -> Mapping[str, NDArray[np.float64]]:
        """Return object -> its value in each of `frames` (n,), NaN where it has none.

        Each object weighs in the mean over the dataset like a clip of its own. A metric that
        knows no objects returns one series under "". Frames are decoded whenever they are asked
        for; metrics that share work may keep it by the identity of `frames`.
        """
        raise NotImplementedError


class BoxMetric(Metric):
    """Compares predicted boxes with the true ones, frame by frame."""

    def frame(self, truth: Boxes, boxes: Boxes, scores: NDArray[np.float64]) -> float | None:
        """Return the value of one frame, or None if it does not count (no true box)."""
        raise NotImplementedError


class DetectionMetric(Metric):
    """Compares all predicted boxes of a dataset at once, because their ranking matters."""

    def dataset(self, frames: Sequence[tuple[Boxes, Boxes, NDArray[np.float64]]]) -> float:
        """Return the value over (true boxes, boxes, scores) of every annotated frame."""
        raise NotImplementedError
