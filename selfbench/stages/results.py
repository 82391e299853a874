"""What the API returns: stored runs as tables, masks, logs and figures."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image as Pillow

from selfbench.contracts import Material, Record, ScoredBoxes, StoredRun, no_scored_boxes
from selfbench.errors import DataError, did_you_mean
from selfbench.media.masks import read_soft_mask
from selfbench.plugins.roles import role
from selfbench.stages.report.protocol import Asked
from selfbench.stages.report.row_names import matches
from selfbench.stages.report.statistics import interval
from selfbench.stages.report.writing import ReportFiles, Source, report_kind, write_report
from selfbench.store.cell_folder import CellStore
from selfbench.training.log import COLUMNS as LOG_COLUMNS
from selfbench.training.log import LOG

COLUMNS = (
    "method", "dataset", "metric", "statistic", "threshold", "frames", "boxes", "mean", "std",
    "low", "high", "seeds", "clips", "level", "supervision", "keys",
)  # fmt: skip


@dataclass(frozen=True)
class Results:
    """Stored runs and their scores.

    Attributes:
        material: records under every protocol, and the runs they come from.
        source: where they lie.
    """

    material: Material
    source: Source

    @property
    def runs(self) -> Sequence[StoredRun]:
        """The runs, each with its folder and manifest."""
        return self.material.runs

    def table(
        self, statistic: str = "mean", threshold: str | None = None, frames: str | None = None
    ) -> pd.DataFrame:
        """Return one row per method, dataset, metric and protocol.

        Columns: method, dataset, metric, statistic, threshold (rule), frames, boxes, mean, std
        (over seeds; NaN for one), low and high (95 % bootstrap interval over clips; NaN where it
        cannot be had), seeds, clips, level (the threshold used, mean over seeds), supervision,
        keys. Metrics are shares in [0, 1] unless their protocol says otherwise.

        Args:
            statistic: mean, recall, decay or a wildcard.
            threshold: best-J, val, 0.5 or a wildcard; None: as in the dataset's papers.
            frames: all, skip-ends or a wildcard; None: the dataset's own convention.

        Raises:
            DataError: if no score has this protocol.
        """
        records = self.material.records
        if records:
            records = Asked(statistic, threshold, frames).choose(records)
        rows = [_row(record) for record in records]
        table: pd.DataFrame = pd.DataFrame(rows, columns=list(COLUMNS))
        return table

    def masks(self, clip: str, **which: Any) -> NDArray[np.uint8]:
        """Return the soft masks (n, H, W) of a clip in time order, 255 for certain foreground.

        Args:
            clip: its name.
            which: `method`, `dataset`, `seed` of the run, where there are several.

        Raises:
            DataError: if no single run is meant, or it has no such clip.
        """
        run = self.run(**which)
        names = self._frame_names(run, clip)
        return np.stack([read_soft_mask(_masks(run) / clip / f"{name}.png") for name in names])

    def boxes(self, clip: str, **which: Any) -> list[ScoredBoxes]:
        """Return the method's own boxes (N, 4, xyxy in pixels) and scores (N,) of each frame.

        Args and errors as for `masks`; a method without boxes of its own has none in any frame.
        """
        run = self.run(**which)
        stored = CellStore(run.folder).boxes()
        nothing = no_scored_boxes()
        return [stored.get((clip, name), nothing) for name in self._frame_names(run, clip)]

    def log(self, **which: Any) -> pd.DataFrame:
        """Return what a run logged while it trained: stage, step, seconds, name, value.

        Args:
            which: `method`, `dataset`, `seed` of the run, where there are several.

        Raises:
            DataError: if no single run is meant.
        """
        path = self.run(**which).folder / LOG
        log: pd.DataFrame = pd.DataFrame(columns=list(LOG_COLUMNS))
        return pd.read_csv(path) if path.exists() else log

    def run(
        self, method: str | None = None, dataset: str | None = None, seed: int | None = None
    ) -> StoredRun:
        """Return the only run that fits.

        Raises:
            DataError: if none does, or several.
        """
        fitting = [
            run
            for run in self.runs
            if matches(run.method, [method] if method else None)
            and matches(run.dataset, [dataset] if dataset else None)
            and seed in (None, int(run.manifest["seed"]))
        ]
        if len(fitting) != 1:
            names = [f"{r.method} on {r.dataset}, seed {r.manifest['seed']}" for r in self.runs]
            raise DataError(
                f"{len(fitting)} of {len(names)} runs fit; name one with method=, dataset= and "
                f"seed= among: {'; '.join(names)}."
            )
        return fitting[0]

    def figure(self, **options: Any) -> Pillow.Image:
        """Return frames, boxes, soft masks and truth side by side, as an image (PIL).

        Args:
            options: of the report that draws it; `selfbench list figure` shows them.
        """
        report = report_kind(self.source.registry, role("figure"), options)
        files = report.render(self.material)
        picture = next(data for name, data in files.items() if name.endswith(".png"))
        assert isinstance(picture, bytes)
        return Pillow.open(io.BytesIO(picture))

    def report(
        self,
        name: str | None = None,
        asked: Asked | None = None,
        output: Path | str | None = None,
        **options: Any,
    ) -> ReportFiles:
        """Write the files of a report about these runs.

        Args:
            name: of the report; None: the table of methods against datasets and metrics.
            asked: the protocol; None: as in the datasets' papers.
            output: folder; None: that of the results.
            options: of the report; `selfbench list NAME` shows them.
        """
        report = report_kind(self.source.registry, name, options)
        place = None if output is None else Path(output)
        return write_report(report, self.material, asked or Asked(), self.source, place)

    def _frame_names(self, run: StoredRun, clip: str) -> Sequence[str]:
        folder = _masks(run)
        if not (folder / clip).is_dir():
            known = [path.name for path in folder.iterdir()] if folder.is_dir() else []
            raise DataError(
                f"{run.method} on {run.dataset} has no masks of a clip '{clip}'."
                f"{did_you_mean(clip, known)}"
            )
        return sorted(path.stem for path in (folder / clip).glob("*.png"))

    def _repr_html_(self) -> str:
        """Show the table in a notebook."""
        table = self.table()
        if table.empty:
            return f"<p>{len(self.runs)} runs without scores</p>"
        wide = table.pivot_table(
            index=["dataset", "method"], columns="metric", values="mean", sort=False
        )
        return str(wide.to_html(float_format=lambda value: f"{value:.3f}"))

    def __repr__(self) -> str:
        rows = len({(run.dataset, run.method) for run in self.runs})
        return f"Results({len(self.runs)} runs, {rows} rows, {len(self.material.records)} numbers)"


def _masks(run: StoredRun) -> Path:
    given = run.manifest.get("predictions")  # masks from elsewhere
    return CellStore(run.folder).masks if given is None else Path(given)


def _row(record: Record) -> Mapping[str, Any]:
    low, high = interval(record) or (np.nan, np.nan)
    return {
        "method": record.method,
        "dataset": record.dataset,
        "metric": record.metric,
        "statistic": record.statistic,
        "threshold": record.threshold,
        "frames": record.frames,
        "boxes": record.boxes,
        "mean": record.mean,
        "std": np.nan if record.std is None else record.std,
        "low": low,
        "high": high,
        "seeds": record.seeds,
        "clips": record.clips,
        "level": float(np.mean(record.levels)) if record.levels else np.nan,
        "supervision": record.supervision,
        "keys": record.keys,
    }
