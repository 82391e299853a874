"""The contract of a dataset."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple

from selfbench.contracts.clips import Clip, Truth
from selfbench.contracts.plugin import Plugin
from selfbench.params import Params


@dataclass(frozen=True)
class Where:
    """Where data lies: `root` holds one folder per dataset, `cache` what can be made again."""

    root: Path | None
    cache: Path


class Count(NamedTuple):
    """What a complete split holds, as published; None: nobody says."""

    clips: int | None = None
    frames: int | None = None
    annotated: int | None = None  # frames with truth


Counts = Mapping[str, Count]  # by split


class Dataset(Plugin):
    """A dataset. `clips` are what methods see, `truth` is what only the score stage sees."""

    Params: ClassVar[type[Params]] = Params
    train_split: ClassVar[str] = "train"
    validation_split: ClassVar[str | None] = None  # for the threshold rule `val`
    test_split: ClassVar[str] = "test"  # what is predicted and scored
    frames: ClassVar[Literal["all", "skip-ends"]] = "all"  # the customary DAVIS convention
    licence: ClassVar[str] = ""
    citation: ClassVar[str] = ""  # BibTeX
    obtain: ClassVar[str] = ""  # how to get it, in one phrase
    layout: ClassVar[str] = ""  # its files, in one phrase
    counts: ClassVar[Counts] = {}  # of every split
    # Names of the metrics its papers report. An instance may set its own, where parameters decide.
    metrics: tuple[str, ...] = ("J", "F")
    # What its clips hold beyond raw frames. An instance may set its own from its parameters.
    supervision: tuple[str, ...] = ()

    def __init__(self, params: Any, where: Where) -> None:
        self.params = params
        self.where = where

    def clips(self, split: str) -> Sequence[Clip]:
        """Return the clips of `split`, in a fixed order; a name is one clip's in all splits.

        Raises:
            DataError: if the data is missing or broken, saying how to get it.
        """
        raise NotImplementedError

    def truth(self, split: str) -> Mapping[str, Mapping[str, Truth]]:
        """Return clip name -> frame name -> `Truth` of the annotated frames, loaded when asked for.

        Frames without annotation are absent; a dataset without any returns an empty mapping.
        """
        raise NotImplementedError

    def location(self) -> Path | None:
        """Return the folder or file it lies in; None for one that is made on the spot.

        Raises:
            DataError: if it is missing, saying how to get it.
        """
        return None

    def holds(self, split: str) -> bool:
        """Return whether this copy of it has `split` at all."""
        return True

    def expected(self, split: str) -> Count:
        """Return what `split` must hold with these parameters."""
        return self.counts.get(split, Count())

    def files(self) -> Iterable[Path]:
        """Return the files that clips and truth of all splits are read from, if it has files."""
        return ()

    def frames_fingerprint(self) -> str:
        """Return a digest of everything a method can see of this dataset, all splits."""
        raise NotImplementedError

    def truth_fingerprint(self) -> str:
        """Return a digest of the annotations of all splits."""
        raise NotImplementedError
