"""The contracts of reports, and the records that they turn into files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from selfbench.contracts.datasets import Where
from selfbench.contracts.plugin import Plugin
from selfbench.params import Params

if TYPE_CHECKING:
    from selfbench.plugins.registry import Registry
    from selfbench.stages.aggregate import ScoredCell


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
    version: str = ""  # of the dataset: the start of a digest of its frames
    changed: tuple[tuple[str, Any], ...] = ()  # the method's parameters that were set
    sees_truth: bool = False  # a bound, no result
    params: tuple[tuple[str, Any], ...] = ()  # all of them


class Checked(NamedTuple):
    """One cell of a printed table, held against the stored scores."""

    row: str
    column: int  # from 1
    printed: str
    stored: str | None  # as it would be printed now; None: its runs are not there
    equal: bool


class Report(Plugin):
    """Turns records into files. Options of `selfbench report` that it knows are its `Params`."""

    Params: ClassVar[type[Params]] = Params

    def __init__(self, params: Any = None) -> None:
        self.params: Any = self.Params() if params is None else params

    def render(self, records: Sequence[Record]) -> Mapping[str, str | bytes]:
        """Return file name -> content."""
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


class RunReport(Plugin):
    """Turns runs as they lie in the store, with masks, logs and manifests, into files."""

    def render(
        self,
        records: Sequence[Record],
        cells: Sequence[ScoredCell],
        results: Path,
        registry: Registry,
        where: Where,
    ) -> dict[str, str | bytes]:
        """Return file name -> content.

        Args:
            records: the numbers asked for, under every protocol.
            cells: the runs they come from.
            results: folder of the store.
            registry: knows the datasets the runs are about.
            where: where their frames lie.
        """
        raise NotImplementedError
