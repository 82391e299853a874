"""The scores of a cell: one file per metric, `scores/<metric>.parquet`.

Each holds a row per frame and protocol and, beside them, everything a table needs, so that a table
loads neither rows nor plug-ins: `ScoreInfo`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote

import numpy as np

from selfbench.contracts import ClipValue
from selfbench.store.atomic import replacing, storing
from selfbench.store.series import Columns, Row

SCORES = "scores"  # the folder
_ENDING = ".parquet"
_FIELD = b"selfbench"
_COLUMNS = tuple(name for name in Row._fields if name != "metric")


class Summary(NamedTuple):
    """One number of one cell under one protocol."""

    statistic: str
    threshold: str  # rule; "" where no mask is thresholded
    frames: str  # all, skip-ends
    boxes: str  # own, mask; "" where no box is compared
    value: float
    clips: int
    level: float  # the threshold that the rule chose; NaN where there is none
    per_clip: tuple[ClipValue, ...]  # their weighted mean is `value`; empty if it is not


@dataclass(frozen=True)
class ScoreInfo:
    """What a table must know of the scores of one metric."""

    metric: str
    key: str  # of the metric, the truth and the threshold rules: when it differs, score again
    rank: int  # of the metric among those that the dataset's papers report
    clips: int  # that have truth
    frames: str  # the convention of the dataset's papers: all, skip-ends
    lower_is_better: tuple[str, ...]  # statistics
    protocol: str  # the definition in one line
    per_frame: bool  # False: one value for the whole dataset
    levels: dict[str, float]  # threshold rule -> what it chose
    levels_key: str  # of the truth and of the metric that chose
    summaries: tuple[Summary, ...]


def scored_metrics(folder: Path) -> list[str]:
    """Return the names of the metrics that the cell in `folder` has scores of."""
    paths = (folder / SCORES).glob(f"*{_ENDING}")
    return sorted(unquote(path.name[: -len(_ENDING)]) for path in paths if path.name[0] != ".")


def write_scores(folder: Path, rows: Sequence[Row], info: ScoreInfo) -> None:
    """Replace the scores of one metric; those of others stay as they are."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({name: [getattr(row, name) for row in rows] for name in _COLUMNS})
    table = table.replace_schema_metadata({_FIELD: json.dumps(asdict(info))})
    with storing(folder), replacing(_path(folder, info.metric)) as temporary:
        pq.write_table(table, temporary)


def read_info(folder: Path, metric: str) -> ScoreInfo | None:
    """Return what is known of the scores of a metric without reading them; None: there are none."""
    import pyarrow.parquet as pq

    path = _path(folder, metric)
    if not path.exists():
        return None
    known = json.loads(pq.read_schema(path).metadata[_FIELD])
    summaries = tuple(
        Summary._make([*numbers, tuple(ClipValue(*clip) for clip in per_clip)])
        for *numbers, per_clip in known.pop("summaries")
    )
    lower = tuple(known.pop("lower_is_better"))
    return ScoreInfo(**known, lower_is_better=lower, summaries=summaries)


def read_infos(folder: Path, metrics: Sequence[str] | None = None) -> list[ScoreInfo]:
    """Return what is known of all scores of a cell, in the order of the dataset's papers.

    Args:
        folder: of the cell.
        metrics: only these; None for all.
    """
    names = [name for name in scored_metrics(folder) if metrics is None or name in metrics]
    infos = [info for name in names if (info := read_info(folder, name)) is not None]
    return sorted(infos, key=lambda info: (info.rank, info.metric))


def read_columns(folder: Path, metric: str, texts: Sequence[str] = Columns.TEXTS) -> Columns:
    """Return the rows of one metric, column by column.

    Args:
        folder: of the cell, which has scores of the metric.
        metric: its name.
        texts: which columns of text to read; of these `clip`, `frame`, `threshold`, `boxes`,
            `object` exist.
    """
    import pyarrow.parquet as pq

    columns = [*texts, "end", "level", "value"]
    table = pq.read_table(_path(folder, metric), columns=columns, read_dictionary=list(texts))
    if not table.num_rows:  # its columns have no type
        return Columns.of([], texts)
    coded = {
        name: (of.indices.to_numpy(), of.dictionary.to_pylist())
        for name in texts
        if (of := table[name].combine_chunks()) is not None
    }
    numbers = (np.asarray(table[name].to_numpy()) for name in ("end", "level", "value"))
    return Columns(coded, *numbers)


def _path(folder: Path, metric: str) -> Path:
    return folder / SCORES / f"{quote(metric, safe='&+=@ ')}{_ENDING}"
