"""FS-Singles, the figure-skating dataset, where the user has a copy."""

from __future__ import annotations

from typing import ClassVar

from selfbench.contracts import Count, Counts
from selfbench.datasets.citations import KATIRCIOGLU_2022
from selfbench.datasets.sparse import SparseDataset


class FSSingles(SparseDataset):
    """FS-Singles: single figure skaters filmed by a moving camera (Katircioglu et al. 2022).

    The paper's facts: 18 training, 2 validation and 3 test sequences with 6, 2 and 1 skaters; 50
    test frames have a mask; methods see frames of 640 x 360. No layout was ever published, so this
    one is ours.
    """

    name = "fs-singles"
    folder_names = ("FS-Singles",)
    licence = "on request from the authors; the videos are from YouTube"
    obtain = "available on request from the authors of Katircioglu et al. 2022"
    citation = KATIRCIOGLU_2022
    counts: ClassVar[Counts] = {
        "train": Count(18, 10613),
        "val": Count(2, 684),
        "test": Count(3, 1656, 50),
    }
