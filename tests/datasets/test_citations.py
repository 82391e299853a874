"""BibTeX of more than one dataset: whole, and listed in docs/papers.md."""

import pytest

from selfbench.datasets.citations import KALOGEITON_2016, KATIRCIOGLU_2022
from selfbench.datasets.fs_singles import FSSingles
from selfbench.datasets.handheld190k import Handheld190k
from selfbench.datasets.moving_robot import MovingRobot
from selfbench.datasets.ski_ptz import SkiPTZ
from selfbench.datasets.youtube_objects_v22 import YouTubeObjectsV22
from selfbench.datasets.youtube_objects_v23 import YouTubeObjectsV23


@pytest.mark.parametrize("entry", [KATIRCIOGLU_2022, KALOGEITON_2016])
def test_entries_are_whole(entry):
    assert entry.startswith("@article{") and entry.endswith("}")
    assert entry.count("{") == entry.count("}")
    for field in ("author", "title", "journal", "volume", "pages", "year"):
        assert f"{field}" in entry


def test_entries_are_of_the_datasets_that_name_them():
    kinds = (FSSingles, Handheld190k, MovingRobot, SkiPTZ)
    assert all(kind.citation == KATIRCIOGLU_2022 for kind in kinds)
    assert YouTubeObjectsV22.citation == YouTubeObjectsV23.citation == KALOGEITON_2016
