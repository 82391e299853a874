"""Of all the numbers there are, those under one protocol."""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from selfbench.contracts import Record
from selfbench.errors import DataError

FIELDS = ("statistic", "threshold", "frames")


@dataclass(frozen=True)
class Asked:
    """The protocol that is asked for; None stands for what the dataset's papers use."""

    statistic: str = "mean"  # or a wildcard, as are the next two
    threshold: str | None = None
    frames: str | None = None

    def choose(self, records: Sequence[Record]) -> list[Record]:
        """Keep the records of this protocol.

        Raises:
            DataError: if nothing is left.
        """
        chosen = [record for record in records if self._fits(record)]
        if not chosen:
            known = {field: sorted({getattr(r, field) for r in records}) for field in FIELDS}
            listed = (f"{name} {', '.join(filter(None, all_))}" for name, all_ in known.items())
            raise DataError(f"No score has this protocol; there are {'; '.join(listed)}.")
        return chosen

    def _fits(self, record: Record) -> bool:
        threshold = (
            record.usual_threshold
            if self.threshold is None
            else not record.threshold or fnmatch.fnmatchcase(record.threshold, self.threshold)
        )
        frames = (
            record.usual_frames
            if self.frames is None
            else fnmatch.fnmatchcase(record.frames, self.frames)
        )
        statistic = fnmatch.fnmatchcase(record.statistic, self.statistic)
        return statistic and threshold and frames and record.usual_boxes


def to_json(records: Sequence[Record]) -> str:
    """Return one JSON object per record, all protocols."""
    return json.dumps([_plain(record) for record in records], indent=1)


def _plain(record: Record) -> dict[str, Any]:
    """NaN is no JSON: it becomes null."""
    clips = [(clip, _or_null(value), weight) for clip, value, weight in record.per_clip]
    return {k: _or_null(v) for k, v in asdict(record).items()} | {"per_clip": clips}


def _or_null(value: Any) -> Any:
    return None if isinstance(value, float) and value != value else value
