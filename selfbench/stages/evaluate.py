"""Scoring a folder of masks that somebody else made, after checking that it is complete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selfbench.contracts import Dataset, Metric, Record
from selfbench.errors import DataError, UsageError, did_you_mean
from selfbench.media.masks import read_labels, read_soft_mask
from selfbench.stages.aggregate import Protocol, ScoredCell, cell_values, make_records
from selfbench.stages.score.cells import MetricSet, score_info, write_scores
from selfbench.stages.score.frames import (
    LABELS,
    Row,
    ScoredClip,
    annotated,
    choose_level,
    score_clips,
)
from selfbench.store.cell_folder import Cell, CellStore, cell_key
from selfbench.store.digest import digest_files
from selfbench.store.provenance import now

SHOWN = 5  # missing files that an error names


@dataclass(frozen=True)
class Evaluation:
    """The scores of one folder of masks."""

    name: str
    folder: Path
    dataset: Dataset
    clips: tuple[str, ...]
    metrics: Mapping[str, Metric]
    rows: tuple[Row, ...]
    info: dict[str, Any]

    def records(self) -> list[Record]:
        """Return one record per protocol."""
        manifest = {
            "dataset": self.dataset.name,
            "method": self.name,
            "changed": {"dataset": {}, "method": {}},
            "key": "",
            "seed": 0,
        }
        return make_records(
            [ScoredCell(manifest, self.info, cell_values(self.rows, self.metrics, len(self.clips)))]
        )

    def per_clip(self, records: Sequence[Record]) -> dict[str, list[float | None]]:
        """Return clip -> its value for each of `records`, None where it has none."""
        table: dict[str, list[float | None]] = {}
        for clip in self.clips:
            values = cell_values([row for row in self.rows if row.clip == clip], self.metrics, 1)
            found = [values.get(_protocol(record)) for record in records]
            table[clip] = [value.value if value else None for value in found]
        return table


def _protocol(record: Record) -> Protocol:
    return record.metric, record.statistic, record.threshold, record.frames, record.boxes


def evaluate_folder(
    folder: Path,
    dataset: Dataset,
    split: str,
    sequences: Sequence[str],
    soft: bool,
    metrics: MetricSet,
    workers: int,
    name: str,
) -> Evaluation:
    """Score `folder`/<sequence>/<frame>.png against the truth of `dataset`.

    Args:
        sequences: score only these; empty for all of `split`.
        soft: the masks are soft, the threshold is searched; otherwise any label above zero counts.

    Raises:
        DataError: if masks are missing, superfluous, unreadable or of another size.
        UsageError: for an unknown sequence.
    """
    if not folder.is_dir():
        raise DataError(f"--predictions {folder} is not a folder of masks <sequence>/<frame>.png.")
    truth = dataset.truth(split)
    clips = annotated(
        ScoredClip(
            clip.name,
            clip.frames.names,
            truth.get(clip.name, {}),
            folder / clip.name,
            read=read_soft_mask if soft else read_labels,
            objects=None if soft else folder / clip.name,
        )
        for clip in dataset.clips(split)
    )
    for sequence in sequences:
        names = [clip.name for clip in clips]
        if sequence not in names:
            hint = did_you_mean(sequence, names)
            raise UsageError(f"{dataset.name} {split} has no sequence '{sequence}'.{hint}")
    clips = [clip for clip in clips if not sequences or clip.name in sequences]
    if not clips:
        raise DataError(f"{dataset.name} has no truth in its split '{split}'.")
    _check_complete(folder, clips)
    levels = {LABELS: 0.0}
    if soft:
        levels = {"0.5": 0.5}
        if metrics.chooser:
            best = choose_level(metrics.chooser, clips, workers)
            if best is not None:
                levels[f"best-{metrics.chooser.name}"] = best
    rows = score_clips(clips, metrics.metrics, levels, workers)
    return Evaluation(
        name,
        folder,
        dataset,
        tuple(clip.name for clip in clips),
        {metric.name: metric for metric in metrics.metrics},
        tuple(rows),
        score_info(metrics.metrics, dataset.frames, len(clips), ""),
    )


def _check_complete(folder: Path, clips: Sequence[ScoredClip]) -> None:
    missing: list[str] = []
    extra: list[str] = []
    for clip in clips:
        there = {path.stem for path in clip.masks.glob("*.png")}
        missing += [f"{clip.name}/{name}.png" for name in clip.truth if name not in there]
        extra += [f"{clip.name}/{name}.png" for name in sorted(there - set(clip.frames))]
    problems = [
        f"{len(names)} masks {what} ({', '.join(names[:SHOWN])}{', ...' * (len(names) > SHOWN)})"
        for what, names in (("are missing", missing), ("belong to no frame", extra))
        if names
    ]
    if problems:
        raise DataError(
            f"{folder} cannot be scored: {'; '.join(problems)}; expected one PNG per annotated "
            "frame, named like the frame (--sequences scores a part)."
        )


def keep(evaluation: Evaluation, results: Path) -> None:
    """Write the scores into the result store, so that reports show them beside other methods."""
    masks = [path for clip in evaluation.clips for path in (evaluation.folder / clip).glob("*.png")]
    identity = {
        "masks": digest_files(masks, evaluation.folder),
        "dataset": evaluation.dataset.name,
        "dataset_params": evaluation.dataset.params.model_dump(mode="json"),
        "frames": evaluation.dataset.frames_fingerprint(),
        "clips": list(evaluation.clips),
    }
    cell = Cell(evaluation.dataset.name, evaluation.name, cell_key(identity), 0, identity)
    store = CellStore(cell.folder(results))
    with store.locked():
        store.write_manifest(
            {
                "status": "evaluated",  # masks from elsewhere: nothing to run or to score again
                "method": cell.method,
                "dataset": cell.dataset,
                "key": cell.key,
                "seed": cell.seed,
                "identity": identity,
                "changed": {"dataset": {}, "method": {}},
                "predictions": str(evaluation.folder.resolve()),
                "started": now(),
            }
        )
        write_scores(store.folder, evaluation.rows, evaluation.info)
