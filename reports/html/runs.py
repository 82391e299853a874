"""The runs of a report: which they are, where their masks lie, what they logged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from selfbench.contracts import ScoredBoxes
from selfbench.reports.html.curves import Floats, Protocol, Scores, thin
from selfbench.stages.aggregate import ScoredCell
from selfbench.stages.score.frames import LABELS
from selfbench.store.cell_folder import Cell, CellStore, stored_cells
from selfbench.training.log import LOG

FINISHED = ("done", "evaluated")


@dataclass(frozen=True)
class ReportRun:
    """One scored run."""

    cell: ScoredCell
    results: Path

    @property
    def manifest(self) -> dict[str, Any]:
        """Everything the run stage wrote down about it."""
        return self.cell.manifest

    @property
    def dataset(self) -> str:
        """The dataset's name in tables."""
        return self.cell.row[0]

    @property
    def method(self) -> str:
        """The method's name in tables."""
        return self.cell.row[1]

    @cached_property
    def store(self) -> CellStore:
        """Where it lies."""
        m = self.manifest
        cell = Cell(m["dataset"], m["method"], m["key"], int(m["seed"]), m["identity"])
        return CellStore(cell.folder(self.results))

    @property
    def masks(self) -> Path:
        """The folder of its masks, a folder per clip in it; elsewhere for `evaluate`d ones."""
        given = self.manifest.get("predictions")
        return self.store.masks if given is None else Path(given)

    @property
    def gives_labels(self) -> bool:
        """Whether its masks are labels, where everything above zero is foreground."""
        return any(threshold == LABELS for _, _, threshold, _, _ in self.cell.values)

    @cached_property
    def boxes(self) -> dict[tuple[str, str], ScoredBoxes]:
        """(clip, frame) -> its own boxes."""
        return self.store.boxes()

    def usual(self, scores: Scores) -> Protocol | None:
        """Return the protocol that says how good a frame is: the first metric's, as in papers."""
        order = list(self.cell.info["metrics"])
        ranked = sorted(scores.values, key=lambda p: (order.index(p[0]), not _usual(p[1])))
        return ranked[0] if ranked else None

    def quality(self, scores: Scores) -> Floats | None:
        """Return how good each frame is (N,), more is better, or None without frame scores."""
        protocol = self.usual(scores)
        if protocol is None:
            return None
        less = "mean" in self.cell.info["metrics"][protocol[0]]["lower_is_better"]
        return -scores.values[protocol] if less else scores.values[protocol]

    def log(self) -> dict[str, dict[str, list[list[float]]]]:
        """Return stage -> logged value -> its (step, value) pairs; empty if it logged nothing."""
        path = self.store.folder / LOG
        if not path.exists():
            return {}
        rows = pd.read_csv(path, dtype={"stage": str, "name": str})
        log: dict[str, dict[str, list[list[float]]]] = {}
        for (stage, name), of in rows.groupby(["stage", "name"], sort=False):
            course = thin(of["step"].to_numpy(float), of["value"].to_numpy(float))
            log.setdefault(str(stage), {})[str(name)] = course
        return log


def _usual(rule: str) -> bool:
    return rule.startswith("best-") or rule in ("", LABELS)


def unfinished(results: Path, runs: Sequence[ReportRun]) -> list[dict[str, Any]]:
    """Return the manifests of cells that started and have no scores: failed, killed or at work."""
    scored = {run.store.folder for run in runs}
    return [
        manifest
        for store, manifest in stored_cells(results)
        if store.folder not in scored and manifest.get("status") not in FINISHED
    ]
