"""What a stored run predicted: its soft masks, its boxes, and where its masks are cut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import LABELS, Dataset, ScoredBoxes, StoredRun
from selfbench.media.masks import read_labels, read_soft_mask
from selfbench.store.cell_folder import CellStore
from selfbench.store.scores import ScoreInfo, read_infos

UNSCORED_LEVEL = 0.5  # where masks are cut while no score has chosen a threshold


@dataclass(frozen=True)
class Predictions:
    """What one run predicted."""

    stored: StoredRun

    @property
    def dataset(self) -> str:
        """The dataset's name in tables."""
        return self.stored.dataset

    @property
    def method(self) -> str:
        """The method's name in tables."""
        return self.stored.method

    @property
    def manifest(self) -> Mapping[str, Any]:
        """Everything the run stage wrote down about it."""
        return self.stored.manifest

    @property
    def masks(self) -> Path:
        """The folder of its masks, a folder per clip in it; elsewhere for `evaluate`d ones."""
        elsewhere = self.manifest.get("predictions")
        return CellStore(self.stored.folder).masks if elsewhere is None else Path(elsewhere)

    @cached_property
    def boxes(self) -> dict[tuple[str, str], ScoredBoxes]:
        """(clip, frame) -> its own boxes; empty for a method that has none."""
        return CellStore(self.stored.folder).boxes()

    @cached_property
    def scores(self) -> tuple[ScoreInfo, ...]:
        """What is known of its scores, in the order of the dataset's papers."""
        return tuple(read_infos(self.stored.folder))

    @property
    def are_labels(self) -> bool:
        """Whether its masks are labels, where everything above zero is foreground."""
        return any(one.threshold == LABELS for info in self.scores for one in info.summaries)

    @property
    def level(self) -> float:
        """The threshold of the papers, the best on the evaluation set; 0.5 if none was chosen."""
        levels = {rule: level for info in self.scores for rule, level in info.levels.items()}
        best = (level for rule, level in levels.items() if rule.startswith("best-"))
        return next(best, UNSCORED_LEVEL)

    @property
    def frames_digest(self) -> str:
        """The version of the frames that it was run on."""
        return str(self.manifest.get("identity", {}).get("frames", ""))

    def test_split(self, dataset: Dataset) -> str:
        """Return the split that it predicted."""
        return str(self.manifest.get("test_split") or dataset.test_split)

    def mask(self, clip: str, frame: str) -> NDArray[np.uint8]:
        """Return the soft mask (H, W) of one frame, 255 for certain foreground.

        Raises:
            DataError: if its file is missing or broken.
        """
        return read_mask(self.masks / clip / f"{frame}.png", self.are_labels)


def read_mask(path: Path, are_labels: bool) -> NDArray[np.uint8]:
    """Read a mask file as a soft mask (H, W), 255 for certain foreground.

    Args:
        path: the file.
        are_labels: its values are labels, everything above zero is foreground.

    Raises:
        DataError: if it is missing or broken.
    """
    if are_labels:
        return np.where(read_labels(path) > 0, 255, 0).astype(np.uint8)
    return read_soft_mask(path)
