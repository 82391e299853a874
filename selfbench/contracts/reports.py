"""The contract of reports, and the records that they turn into files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from selfbench.contracts.ablations import Ablation
from selfbench.contracts.clips import Clip, Marks
from selfbench.contracts.datasets import Dataset
from selfbench.contracts.plugin import Plugin
from selfbench.params import Params

LABELS = "labels"  # the threshold rule of masks that are labels already: above zero


class ClipValue(NamedTuple):
    """What one clip contributes to a number of a table."""

    clip: str
    value: float  # mean over seeds
    weight: float  # in the mean over clips: 1, or how many of its frames count


@dataclass(frozen=True)
class Record:
    """One number of a table, with everything that must be known to compare it."""

    method: str
    dataset: str
    metric: str
    statistic: str
    threshold: str  # rule: best-J, val, 0.5, labels; "" where no mask is thresholded
    frames: str  # all, skip-ends
    boxes: str  # own, mask; "" where no box is compared
    mean: float  # over seeds
    std: float | None  # sample standard deviation over seeds; None for one seed
    seeds: tuple[int, ...]
    clips: int
    keys: tuple[str, ...]  # one run key per seed
    levels: tuple[float, ...]  # the threshold used, one per seed
    usual_threshold: bool  # the rule of this dataset's papers, as for the next two
    usual_frames: bool
    usual_boxes: bool  # the method's own where it has any
    lower_is_better: bool
    protocol: str  # the definition in one line
    runs: tuple[str, ...] = ()  # folders of the cells below the results, one per seed
    per_clip: tuple[ClipValue, ...] = ()  # empty where the dataset is scored at once
    supervision: tuple[str, ...] | None = None  # beyond raw frames; None: not known
    sees: str = ""  # of a clip to mask one frame: image, flow or video; "": not known
    ours: bool = False  # a method that no paper has
    version: str = ""  # of the dataset: the start of a digest of its frames
    changed: tuple[tuple[str, Any], ...] = ()  # the method's parameters that were set
    sees_truth: bool = False  # a bound, no result
    params: tuple[tuple[str, Any], ...] = ()  # all of them


@dataclass(frozen=True)
class StoredRun:
    """One run as it lies in the store: one method on one dataset with one seed."""

    folder: Path  # with masks/, boxes.parquet, scores/, log.csv
    manifest: Mapping[str, Any]
    dataset: str  # as a table names it, with [what was set of it]
    method: str  # likewise


@dataclass(frozen=True)
class Material:
    """What a report is made of."""

    records: Sequence[Record]  # the numbers asked for, under every protocol
    chosen: Sequence[Record]  # those of them under the protocol asked for
    runs: Sequence[StoredRun]  # that they come from, oldest first
    unfinished: Sequence[StoredRun]  # started and not scored: failed, killed or at work
    open_dataset: Callable[[StoredRun], Dataset]  # as it was when it was run
    draw_marks: Callable[[StoredRun, Clip], Sequence[Marks]]  # by the method, from its weights
    ablation: Ablation | None = None  # whose rows the methods are


class Checked(NamedTuple):
    """One cell of a printed table, held against the stored scores."""

    row: str
    column: int  # from 1
    printed: str
    stored: str | None  # as it would be printed now; None: its runs are not there
    equal: bool


class Report(Plugin):
    """Turns results into files. Its `Params` are what `selfbench report --set` can change."""

    Params: ClassVar[type[Params]] = Params
    # False: it shows every protocol and lets its reader choose.
    one_protocol: ClassVar[bool] = True
    of_ablation: ClassVar[bool] = False  # True: it is about one ablation

    def __init__(self, params: Any = None) -> None:
        self.params: Any = self.Params() if params is None else params

    def render(self, material: Material) -> Mapping[str, str | bytes]:
        """Return file name -> content.

        Raises:
            DataError: if the material does not hold what this report shows.
        """
        raise NotImplementedError

    def verify(
        self, text: str, stored: Callable[[Sequence[str], Sequence[str]], Record | None]
    ) -> Sequence[Checked]:
        """Return what became of each cell of a file that `render` wrote.

        Args:
            text: the file.
            stored: returns the record of runs and a protocol as it is now, None if a run is gone.

        Raises:
            DataError: if the file does not say where its cells come from.
        """
        raise NotImplementedError
