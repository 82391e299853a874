"""Score rows column by column, and the series they fall into: one per clip and protocol."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from selfbench.scoring import Row

Coded = tuple[NDArray[Any], Sequence[str]]  # (n,) index of each row's text, and the texts


class Series(NamedTuple):
    """The values of one clip under one protocol, in time order."""

    metric: str
    threshold: str
    boxes: str
    clip: str  # "" where the whole dataset is scored at once
    level: float
    values: NDArray[np.float64]  # (n,)
    ends: NDArray[np.bool_]  # (n,) the first or last frame of the clip


@dataclass(frozen=True)
class Columns:
    """n rows of a score table."""

    TEXTS: ClassVar[tuple[str, ...]] = ("metric", "threshold", "boxes", "clip")

    texts: Mapping[str, Coded]  # by the names in TEXTS
    end: NDArray[np.bool_]  # (n,)
    level: NDArray[np.float64]  # (n,)
    value: NDArray[np.float64]  # (n,)

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Columns:
        """Return the columns of rows."""
        texts = {name: _encode([getattr(row, name) for row in rows]) for name in cls.TEXTS}
        return cls(
            texts,
            np.array([row.end for row in rows], bool),
            np.array([row.level for row in rows], float),
            np.array([row.value for row in rows], float),
        )

    def names(self, column: str) -> Sequence[str]:
        """Return the different texts of one of TEXTS."""
        return self.texts[column][1]

    def series(self) -> Iterator[Series]:
        """Yield the rows of each metric, threshold rule, kind of boxes and clip together."""
        if not len(self.value):
            return
        coded = [self.texts[name] for name in self.TEXTS]
        shape = [len(names) for _, names in coded]
        joint = np.ravel_multi_index([codes for codes, _ in coded], shape)  # (n,)
        order = np.argsort(joint, kind="stable")  # the rows of a clip stay in time order
        for part in np.split(order, np.flatnonzero(np.diff(joint[order])) + 1):
            first = part[0]
            metric, threshold, boxes, clip = (names[codes[first]] for codes, names in coded)
            level = float(self.level[first])
            yield Series(metric, threshold, boxes, clip, level, self.value[part], self.end[part])


def _encode(texts: Sequence[str]) -> Coded:
    names = list(dict.fromkeys(texts))
    index = {name: i for i, name in enumerate(names)}
    return np.array([index[text] for text in texts], np.int64), names
