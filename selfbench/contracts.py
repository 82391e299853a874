"""The contracts every plug-in keeps: what it sees, what it returns.

A method receives `Clip`s and returns `Prediction`s. `Truth` is seen by the score stage alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from selfbench.bitmask import BitMask
from selfbench.devices import Devices
from selfbench.params import Params

if TYPE_CHECKING:
    from selfbench.plugins import Registry
    from selfbench.records import ScoredCell

Image = NDArray[np.uint8]  # (H, W, 3), RGB
Boxes = NDArray[np.float64]  # (N, 4), x0 y0 x1 y1 in pixels; x1 - x0 is the width


class Frames(Protocol):
    """The frames of a clip, decoded only when asked for; every frame has the same size."""

    @property
    def names(self) -> Sequence[str]:
        """One name per frame (its file stem), in time order."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> Image: ...

    def __iter__(self) -> Iterator[Image]: ...


@dataclass(frozen=True)
class Clip:
    """One unlabelled video, all that a method ever sees of it."""

    name: str
    frames: Frames
    fps: float | None = None
    background: Image | None = None  # the empty scene, where a dataset knows it


def no_boxes() -> Boxes:
    """Return an empty (0, 4) array of boxes."""
    return np.zeros((0, 4))


@dataclass(frozen=True)
class Prediction:
    """What a method says of one frame."""

    mask: NDArray[np.floating[Any]]  # (H, W) at the frame's size, soft, in [0, 1]
    boxes: Boxes = field(default_factory=no_boxes)  # (N, 4) xyxy in pixels, best first
    scores: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))  # (N,)


@dataclass(frozen=True)
class Marks:
    """What a method can draw over a frame to show how it decided, in pixels."""

    # (N, 3): x, y and a weight in [0, 1]
    dots: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 3)))
    # (M, 4): from x0 y0 to x1 y1
    lines: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 4)))


@dataclass(frozen=True)
class Truth:
    """What is known of one annotated frame. The mask may be missing where only boxes are known."""

    mask: NDArray[np.bool_] | None = None  # (H, W)
    void: NDArray[np.bool_] | None = None  # (H, W), pixels that count neither way
    boxes: Boxes | None = None  # (N, 4) xyxy in pixels; None: the tight box around the mask


@dataclass(frozen=True)
class Run:
    """What the harness gives to a method besides its clips."""

    seed: int
    folder: Path  # of this cell; a method may keep checkpoints in it
    progress: Callable[[str], None] = lambda text: None  # shows one line of progress
    devices: Devices = field(default_factory=Devices)  # for methods that train with torch

    def rng(self, *labels: str | int) -> np.random.Generator:
        """Return a generator that depends on the seed and `labels` only, never on call order."""
        words = [self.seed, *(int.from_bytes(str(label).encode(), "little") for label in labels)]
        return np.random.default_rng(words)


class Plugin:
    """What all plug-ins share. The first line of the docstring is what `selfbench list` shows."""

    name: ClassVar[str]


class Method(Plugin):
    """A method. Subclass it, set `name`, write `predict`; `fit` and weights only if it learns."""

    Params: ClassVar[type[Params]] = Params
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {}  # name -> parameter values
    # What it was given beyond raw frames. An instance may set its own, in `__init__` from its
    # parameters, and again in `fit` if it turns out otherwise.
    supervision: tuple[str, ...] = ()
    needs_video: ClassVar[bool] = False  # True: single images tell it nothing

    def __init__(self, params: Any) -> None:
        self.params = params

    def fit(self, clips: Sequence[Clip], run: Run) -> None:
        """Learn from the unlabelled clips of the training split. The default learns nothing."""

    def predict(self, clip: Clip, run: Run) -> Iterable[Prediction]:
        """Yield one `Prediction` per frame of `clip`, in order."""
        raise NotImplementedError

    def marks(self, clip: Clip, run: Run) -> Iterable[Marks]:
        """Yield one `Marks` per frame of `clip`, which `apply` draws; by default empty ones."""
        return (Marks() for _ in clip.frames.names)

    def weights(self) -> dict[str, Any]:
        """Return what `fit` learnt as named tensors or arrays; empty if nothing."""
        return {}

    def load_weights(self, weights: Mapping[str, Any]) -> None:
        """Take back what `weights` returned, instead of `fit`."""


@dataclass(frozen=True)
class Variant:
    """A method under another name: the same code with other parameter values."""

    name: str
    method: str
    overrides: Mapping[str, Any]
    summary: str


@dataclass(frozen=True)
class Where:
    """Where data lies: `root` holds one folder per dataset, `cache` what can be made again."""

    root: Path | None
    cache: Path


class Dataset(Plugin):
    """A dataset. `clips` are what methods see, `truth` is what only the score stage sees."""

    Params: ClassVar[type[Params]] = Params
    train_split: ClassVar[str] = "train"
    validation_split: ClassVar[str | None] = None  # for the threshold rule `val`
    test_split: ClassVar[str] = "test"  # what is predicted and scored
    frames: ClassVar[Literal["all", "skip-ends"]] = "all"  # the customary DAVIS convention
    licence: ClassVar[str] = ""
    citation: ClassVar[str] = ""  # BibTeX
    metrics: ClassVar[tuple[str, ...]] = ("J", "F")  # names of the metrics its papers report

    def __init__(self, params: Any, where: Where) -> None:
        self.params = params
        self.where = where

    def clips(self, split: str) -> Sequence[Clip]:
        """Return the clips of `split`, in a fixed order.

        Raises:
            DataError: if the data is missing or broken, saying how to get it.
        """
        raise NotImplementedError

    def truth(self, split: str) -> Mapping[str, Mapping[str, Truth]]:
        """Return clip name -> frame name -> `Truth` of the annotated frames, loaded when asked for.

        Frames without annotation are absent; a dataset without any returns an empty mapping.
        """
        raise NotImplementedError

    def frames_fingerprint(self) -> str:
        """Return a digest of everything a method can see of this dataset, all splits."""
        raise NotImplementedError

    def truth_fingerprint(self) -> str:
        """Return a digest of the annotations of all splits."""
        raise NotImplementedError


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
    params: tuple[tuple[str, Any], ...] = ()  # all of them


class Metric(Plugin):
    """What all metrics share: values per frame, statistics over a clip, an average over the set."""

    lower_is_better: ClassVar[tuple[str, ...]] = ()  # those of `statistics` where less is better
    range: ClassVar[tuple[float, float]] = (0.0, 1.0)
    average: ClassVar[Literal["clips", "frames"]] = "clips"  # what weighs the same in the mean
    protocol: ClassVar[str] = ""  # the definition in one line, printed under tables
    statistics: ClassVar[tuple[str, ...]] = ("mean",)

    def summarise(self, values: NDArray[np.float64]) -> dict[str, float]:
        """Return each of `statistics` over the values (n,) of one clip in time order, n >= 1."""
        return {"mean": float(np.nanmean(values))}


class MaskMetric(Metric):
    """Compares a binary mask with the truth, frame by frame."""

    def frame(self, truth: BitMask, prediction: BitMask, void: BitMask | None = None) -> float:
        """Return the value of one frame."""
        raise NotImplementedError

    def curve(
        self,
        truth: NDArray[np.bool_],
        soft: NDArray[np.uint8],
        void: NDArray[np.bool_] | None = None,
    ) -> NDArray[np.float64] | None:
        """Return the value at each of `selfbench.thresholds.LEVELS` (19,), or None.

        A metric that returns values can choose thresholds: `best-<name>` becomes a rule.
        """
        return None


class BoxMetric(Metric):
    """Compares predicted boxes with the true ones, frame by frame."""

    def frame(self, truth: Boxes, boxes: Boxes, scores: NDArray[np.float64]) -> float | None:
        """Return the value of one frame, or None if it does not count (no true box)."""
        raise NotImplementedError


class DetectionMetric(Metric):
    """Compares all predicted boxes of a dataset at once, because their ranking matters."""

    def dataset(self, frames: Sequence[tuple[Boxes, Boxes, NDArray[np.float64]]]) -> float:
        """Return the value over (true boxes, boxes, scores) of every annotated frame."""
        raise NotImplementedError


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


@dataclass(frozen=True)
class AblationRow:
    """One row of an ablation: what is changed, and what the paper reports of it."""

    label: str
    overrides: Mapping[str, Any]
    paper: str = ""  # what it says, in words
    published: Mapping[str, float] = field(default_factory=dict)  # metric -> its number


@dataclass(frozen=True)
class Ablation:
    """A method run with one choice changed after the other. Declared once, run by its name."""

    name: str
    method: str
    summary: str  # with the source, e.g. S2 Fig. 11
    rows: tuple[AblationRow, ...]
    published_on: str = ""  # where the published numbers stand, and on which data
    watch: tuple[str, ...] = ()  # logged values that tell why: drawn over training, last in table

    def __post_init__(self) -> None:
        labels = [row.label for row in self.rows]
        if len(set(labels)) < len(labels):
            raise ValueError(f"two rows of the ablation '{self.name}' have the same label")


class LogPoint(NamedTuple):
    """One logged value of one training."""

    row: str
    dataset: str
    seed: int
    name: str
    step: int
    value: float


@dataclass(frozen=True)
class AblationResult:
    """What the finished cells of an ablation say; rows that have none are absent."""

    ablation: Ablation
    records: Sequence[Record]  # `method` is the row's label
    log: Sequence[LogPoint]  # of the values to watch


class AblationReport(Plugin):
    """Turns the result of an ablation into files."""

    def render(self, result: AblationResult) -> dict[str, str | bytes]:
        """Return file name -> content."""
        raise NotImplementedError
