"""Score rows of one metric column by column, and the series they fall into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

Coded = tuple[NDArray[Any], Sequence[str]]  # (n,) index of each row's text, and the texts


class Row(NamedTuple):
    """One score. Rows of a whole dataset have no clip and no frame."""

    clip: str
    frame: str
    end: bool  # the first or last frame of its clip
    metric: str
    threshold: str  # the rule; "" where no mask is thresholded
    level: float  # what the rule chose
    boxes: str  # own, mask; "" where no box is compared
    value: float
    object: str = ""  # which object of the clip, where objects are told apart


class Series(NamedTuple):
    """The values of one clip, or one of its objects, under one protocol, in time order."""

    threshold: str
    boxes: str
    clip: str  # "" where the whole dataset is scored at once
    object: str  # "" where objects are not told apart
    level: float
    values: NDArray[np.float64]  # (n,)
    ends: NDArray[np.bool_]  # (n,) the first or last frame of the clip


@dataclass(frozen=True)
class Columns:
    """n rows of one metric."""

    TEXTS: ClassVar[tuple[str, ...]] = ("threshold", "boxes", "clip", "object")

    texts: Mapping[str, Coded]  # by name: those in TEXTS, if the series are wanted
    end: NDArray[np.bool_]  # (n,)
    level: NDArray[np.float64]  # (n,)
    value: NDArray[np.float64]  # (n,)

    @classmethod
    def of(cls, rows: Sequence[Row], texts: Sequence[str] = TEXTS) -> Columns:
        """Return the columns of rows, whatever their metric."""
        return cls(
            {name: _encode([getattr(row, name) for row in rows]) for name in texts},
            np.array([row.end for row in rows], bool),
            np.array([row.level for row in rows], float),
            np.array([row.value for row in rows], float),
        )

    def names(self, column: str) -> Sequence[str]:
        """Return the different texts of a column."""
        return self.texts[column][1]

    def series(self) -> Iterator[Series]:
        """Yield the rows that agree in all TEXTS together."""
        if not len(self.value):
            return
        coded = [self.texts[name] for name in self.TEXTS]
        shape = [len(names) for _, names in coded]
        joint = np.ravel_multi_index([codes for codes, _ in coded], shape)  # (n,)
        order = np.argsort(joint, kind="stable")  # the rows of a clip stay in time order
        for part in np.split(order, np.flatnonzero(np.diff(joint[order])) + 1):
            first = part[0]
            threshold, boxes, clip, thing = (names[codes[first]] for codes, names in coded)
            level, values, ends = float(self.level[first]), self.value[part], self.end[part]
            yield Series(threshold, boxes, clip, thing, level, values, ends)


def _encode(texts: Sequence[str]) -> Coded:
    names = list(dict.fromkeys(texts))
    index = {name: i for i, name in enumerate(names)}
    return np.array([index[text] for text in texts], np.int64), names
