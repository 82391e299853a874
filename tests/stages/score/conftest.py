import numpy as np
import pytest

from selfbench.contracts import Truth
from selfbench.stages.score.clips import ScoredClip
from tests.files import write_mask


@pytest.fixture
def clip(tmp_path):
    """75 frames, every second one annotated: a block whose soft edge is 128."""
    rng = np.random.default_rng(0)
    truth = {}
    names = [f"{i:05d}" for i in range(75)]
    (tmp_path / "a").mkdir()
    for i, name in enumerate(names):
        mask = np.zeros((20, 30), bool)
        mask[5:15, i % 15 : i % 15 + 8] = True
        soft = np.where(mask, rng.integers(140, 256, mask.shape), rng.integers(0, 120, mask.shape))
        write_mask(tmp_path / "a" / f"{name}.png", soft.astype(np.uint8))
        if i % 2 == 0:
            truth[name] = Truth(mask)
    return ScoredClip("a", names, truth, tmp_path / "a")
