"""Handheld190k, everyday activities filmed by a walking camera, where the user has a copy."""

from __future__ import annotations

from typing import ClassVar

from selfbench.contracts import Count, Counts
from selfbench.datasets.citations import KATIRCIOGLU_2022
from selfbench.datasets.sparse import SparseDataset


class Handheld190k(SparseDataset):
    """Handheld190k: everyday activities filmed by a walking camera (Katircioglu et al. 2022).

    The paper's facts: 3 training, 1 validation and 1 test sequence; 112 validation and 240 test
    frames have a mask; methods see frames of 640 x 360. No layout was ever published, so this one
    is ours.
    """

    name = "handheld190k"
    folder_names = ("Handheld190k",)
    stand_in = "handheld-sim"
    licence = "on request from the authors"
    obtain = "available on request from the authors of Katircioglu et al. 2022"
    citation = KATIRCIOGLU_2022
    counts: ClassVar[Counts] = {
        "train": Count(3, 120855),
        "val": Count(1, 23076, 112),
        "test": Count(1, 46326, 240),
    }
