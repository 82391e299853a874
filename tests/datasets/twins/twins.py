"""The four twins, small enough for tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from selfbench.contracts import Where
from selfbench.datasets.twins.fs_singles_sim import FSSinglesSim
from selfbench.datasets.twins.h36m_sim import H36MSim
from selfbench.datasets.twins.handheld_sim import HandheldSim
from selfbench.datasets.twins.ski_ptz_sim import SkiPTZSim
from selfbench.datasets.twins.take import Take
from selfbench.datasets.twins.twin import Params, Twin
from selfbench.params import build

TWINS = (FSSinglesSim, SkiPTZSim, HandheldSim, H36MSim)
SMALL = {"width": 64, "height": 64, "frames": 6, "train_clips": 2, "val_clips": 1, "test_clips": 1}

every_twin = pytest.mark.parametrize("kind", TWINS, ids=lambda kind: kind.name)


def make(kind: type[Twin], cache: Path, **changes: int) -> Twin:
    return kind(build(Params, {**SMALL, **changes}, kind.name), Where(None, cache))


def pixels(dataset: Twin, split: str) -> list[np.ndarray]:
    return [np.stack(list(clip.frames)) for clip in dataset.clips(split)]


def take(kind: type[Twin], split: str = "train", index: int = 0, **changes: int) -> Take:
    return kind.take(build(Params, {**SMALL, **changes}, kind.name), split, index)
