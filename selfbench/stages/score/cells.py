"""The score table of a cell: computed when it is missing or stale, read, written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from selfbench.contracts import (
    CurveMetric,
    Dataset,
    DetectionMetric,
    MaskMetric,
    Metric,
    ScoredBoxes,
    Where,
)
from selfbench.errors import DataError
from selfbench.params import build
from selfbench.plugins.registry import Entry, Registry
from selfbench.plugins.source import source_digest
from selfbench.stages.score.frames import Row, ScoredClip, annotated, choose_level, score_clips
from selfbench.stages.score.series import Columns
from selfbench.store.atomic import replacing, storing
from selfbench.store.cell_folder import SCORES, CellStore, stored_cells
from selfbench.store.digest import digest_text

SCORE_FORMAT = 1  # raise it when scores of the same masks would come out differently


@dataclass(frozen=True)
class MetricSet:
    """The metrics to compute, and the one that chooses thresholds."""

    metrics: tuple[Metric, ...]
    chooser: MaskMetric | None
    entries: tuple[Entry, ...]

    @cached_property
    def digest(self) -> str:
        """A digest of the source of all of them."""
        return digest_text(
            *(part for e in self.entries for part in (e.name, source_digest(e.module, e.file)))
        )


def load_metrics(
    registry: Registry, names: Sequence[str], dataset: type[Dataset] | Dataset
) -> MetricSet:
    """Load metrics by name or wildcard; without names, those that `dataset`'s papers report.

    Thresholds are chosen by the first of the dataset's own metrics that has a curve.

    Raises:
        UsageError: for an unknown name.
    """
    entries = registry.select("metrics", names or dataset.metrics)
    metrics = tuple(entry.load()() for entry in entries)
    choosers = [
        (entry, metric)
        for entry in registry.select("metrics", dataset.metrics)
        if isinstance(metric := entry.load()(), MaskMetric)
        and type(metric).curve is not MaskMetric.curve
    ][:1]
    used = (*entries, *(entry for entry, _ in choosers))
    return MetricSet(metrics, choosers[0][1] if choosers else None, used)


def finished_cells(
    results: Path, registry: Registry, where: Where, wanted: Callable[[dict[str, Any]], bool]
) -> Iterator[tuple[Path, dict[str, Any], Dataset]]:
    """Yield folder, manifest and opened dataset of the finished runs whose manifest is `wanted`.

    Raises:
        DataError: if a dataset's frames have changed since the run.
    """
    for store, manifest in stored_cells(results):
        if manifest.get("status") != "done" or not wanted(manifest):
            continue
        dataset = dataset_of(manifest, registry, where)
        yield store.folder, manifest, dataset


def dataset_of(manifest: dict[str, Any], registry: Registry, where: Where) -> Dataset:
    """Return the dataset of a run, opened as it was then.

    Raises:
        DataError: if it is missing or its frames have changed since the run.
    """
    kind = registry.entry("datasets", manifest["dataset"]).load()
    identity = manifest["identity"]
    dataset: Dataset = kind(build(kind.Params, identity["dataset_params"], kind.name), where)
    if dataset.frames_fingerprint() != identity["frames"]:
        raise DataError(
            f"The frames of {kind.name} have changed since {manifest['method']} "
            f"({manifest['key']}) was computed; run the method again."
        )
    return dataset


def score_cell(folder: Path, dataset: Dataset, metrics: MetricSet, workers: int) -> bool:
    """Write `scores.parquet` of one finished cell unless it is up to date.

    Returns:
        Whether anything was computed; False too for a dataset without truth.
    """
    store = CellStore(folder)
    key = digest_text(str(SCORE_FORMAT), dataset.truth_fingerprint(), metrics.digest)
    if read_scores(folder)[1].get("key") == key:
        return False
    test = _scored_clips(store, dataset, dataset.test_split)
    if not test:
        return False
    levels = {"0.5": 0.5}
    if metrics.chooser:
        best = choose_level(metrics.chooser, test, workers)
        if best is not None:
            levels[f"best-{metrics.chooser.name}"] = best
        if dataset.validation_split:
            held_out = _scored_clips(store, dataset, dataset.validation_split)
            chosen = choose_level(metrics.chooser, held_out, workers)
            if chosen is not None:
                levels["val"] = chosen
    rows = score_clips(test, metrics.metrics, levels, workers)
    info = score_info(metrics.metrics, dataset.frames, len(test), key)
    write_scores(folder, rows, info)
    return True


def score_info(metrics: Sequence[Metric], frames: str, clips: int, key: str) -> dict[str, Any]:
    """Return what a table must know of the scores, so that it need not load any plug-in."""
    return {
        "key": key,
        "frames": frames,
        "clips": clips,
        "metrics": {
            m.name: {
                "lower_is_better": m.lower_is_better,
                "protocol": m.protocol,
                "per_frame": not isinstance(m, (DetectionMetric, CurveMetric)),
            }
            for m in metrics
        },
    }


def _scored_clips(store: CellStore, dataset: Dataset, split: str) -> list[ScoredClip]:
    truth = dataset.truth(split)
    own: dict[str, dict[str, ScoredBoxes]] = {}
    for (name, frame), boxes in store.boxes().items():
        own.setdefault(name, {})[frame] = boxes
    clips = []
    for clip in dataset.clips(split):
        clips.append(
            ScoredClip(
                clip.name,
                clip.frames.names,
                truth.get(clip.name, {}),
                store.masks / clip.name,
                own.get(clip.name, {}) if own else None,
                objects=store.objects / clip.name,
            )
        )
    return annotated(clips)


def write_scores(folder: Path, rows: Sequence[Row], info: dict[str, Any]) -> None:
    """Replace `scores.parquet`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({name: [row[i] for row in rows] for i, name in enumerate(Row._fields)})
    table = table.replace_schema_metadata({"selfbench": json.dumps(info)})
    with storing(folder), replacing(folder / SCORES) as temporary:
        pq.write_table(table, temporary)


def read_scores(folder: Path) -> tuple[list[Row], dict[str, Any]]:
    """Return the rows and the information written with them; both empty if there are none."""
    import pyarrow.parquet as pq

    path = folder / SCORES
    if not path.exists():
        return [], {}
    table = pq.read_table(path)
    info = json.loads(table.schema.metadata[b"selfbench"])
    return [Row(*values) for values in zip(*table.to_pydict().values(), strict=True)], info


def read_columns(
    folder: Path, texts: Sequence[str] = Columns.TEXTS
) -> tuple[Columns | None, dict[str, Any]]:
    """Return what reports need of the rows, column by column; None and empty if there are none.

    A hundred times as fast as `read_scores`, which makes an object of every row.

    Args:
        folder: of the cell.
        texts: which columns of text to read.
    """
    import pyarrow.parquet as pq

    path = folder / SCORES
    if not path.exists():
        return None, {}
    known = set(pq.read_schema(path).names)
    columns = [name for name in (*texts, "end", "level", "value") if name in known]
    table = pq.read_table(path, columns=columns, read_dictionary=list(texts))
    info = json.loads(table.schema.metadata[b"selfbench"])
    if not table.num_rows:  # its columns have no type
        return Columns.of([], texts), info
    found = {name: table[name].combine_chunks() for name in texts if name in known}
    coded = {n: (of.indices.to_numpy(), of.dictionary.to_pylist()) for n, of in found.items()}
    # Tables written before objects were told apart have no such column.
    coded.setdefault("object", (np.zeros(table.num_rows, np.int64), [""]))
    return Columns(coded, *(table[name].to_numpy() for name in ("end", "level", "value"))), info
