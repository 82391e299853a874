"""Scoring a folder of masks that somebody else made, after checking that it is complete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from selfbench.contracts import LABELS, Dataset, Metric, Record, StoredRun
from selfbench.errors import DataError, UsageError, did_you_mean
from selfbench.media.masks import read_labels, read_soft_mask
from selfbench.stages.report.aggregate import ScoredRun, make_records
from selfbench.stages.score.cell import score_info
from selfbench.stages.score.clips import ScoredClip, annotated
from selfbench.stages.score.frames import score_clips
from selfbench.stages.score.levels import choose_level
from selfbench.stages.score.metrics import MetricSet
from selfbench.stages.score.summaries import summarise
from selfbench.store.cell_folder import Cell, CellStore, cell_key
from selfbench.store.digest import digest_files
from selfbench.store.provenance import now
from selfbench.store.scores import ScoreInfo, write_scores
from selfbench.store.series import Row

SHOWN = 5  # missing files that an error names


@dataclass(frozen=True)
class Evaluation:
    """The scores of one folder of masks."""

    name: str
    folder: Path
    dataset: Dataset
    clips: tuple[str, ...]
    metrics: Mapping[str, Metric]
    rows: Mapping[str, Sequence[Row]]  # by metric
    infos: tuple[ScoreInfo, ...]

    def records(self) -> list[Record]:
        """Return one record per protocol."""
        manifest = {
            "dataset": self.dataset.name,
            "method": self.name,
            "changed": {"dataset": {}, "method": {}},
            "key": "",
            "seed": 0,
        }
        run = StoredRun(self.folder, manifest, self.dataset.name, self.name)
        return make_records([ScoredRun(run, self.infos)])

    def per_clip(self, records: Sequence[Record]) -> dict[str, list[float | None]]:
        """Return clip -> its value for each of `records`, None where it has none."""
        table: dict[str, list[float | None]] = {}
        for clip in self.clips:
            values = {
                (name, s.statistic, s.threshold, s.frames, s.boxes): s.value
                for name, metric in self.metrics.items()
                for s in summarise(metric, [r for r in self.rows[name] if r.clip == clip], 1)
            }
            table[clip] = [
                values.get((r.metric, r.statistic, r.threshold, r.frames, r.boxes)) for r in records
            ]
        return table


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
        if metrics.selector:
            best = choose_level(metrics.selector, clips, workers)
            if best is not None:
                levels[f"best-{metrics.selector.name}"] = best
    rows = score_clips(clips, metrics.metrics, levels, workers)
    by_metric = {m.name: [row for row in rows if row.metric == m.name] for m in metrics.metrics}
    return Evaluation(
        name,
        folder,
        dataset,
        tuple(clip.name for clip in clips),
        {metric.name: metric for metric in metrics.metrics},
        by_metric,
        tuple(
            score_info(
                metric, by_metric[metric.name], len(clips), dataset.frames,
                metrics.rank(metric.name), levels,
            )
            for metric in metrics.metrics
        ),
    )  # fmt: skip


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
                "dataset_params": evaluation.dataset.params.model_dump(mode="json"),
                "changed": {"dataset": {}, "method": {}},
                "predictions": str(evaluation.folder.resolve()),
                "started": now(),
            }
        )
        for info in evaluation.infos:
            write_scores(store.folder, evaluation.rows[info.metric], info)
