"""The contract of a method, and what the harness gives to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts.clips import Clip, Marks, Prediction, Truth
from selfbench.contracts.plugin import Plugin
from selfbench.params import Params

if TYPE_CHECKING:
    import torch


def _silent(text: str) -> None: ...


def _no_teacher(clip: Clip) -> Iterable[NDArray[np.uint8]]:
    raise LookupError("this method names no teacher")


class Devices(Protocol):
    """On what a method computes; `selfbench.training.devices.TorchDevices` is what it gets."""

    @property
    def count(self) -> int:
        """How many devices train at once."""

    @property
    def device(self) -> torch.device:
        """The device of this process; torch is imported when it is first asked for."""

    @property
    def rank(self) -> int:
        """The number of this process; number 0 writes log and checkpoints."""

    def share(self, batch: int) -> int:
        """Return how many images of a batch this process takes."""

    def autocast(self) -> AbstractContextManager[Any]:
        """Compute in bf16 where that is safe and the device can; in 32 bits otherwise."""

    def put(self, tensor: torch.Tensor) -> torch.Tensor:
        """Return `tensor` on the device."""

    def images(self, frames: NDArray[np.uint8]) -> torch.Tensor:
        """Return 8-bit images (N, H, W, C) as (N, C, H, W) in [0, 1] on the device."""

    def place(self, module: torch.nn.Module) -> None:
        """Move a network to the device."""

    def average(self, module: torch.nn.Module) -> None:
        """Average gradients and batch statistics over all processes."""

    def alone(self, gpu: int | None = None) -> Devices:
        """Return one device: this process's own, or GPU number `gpu`."""

    def describe(self) -> str:
        """Return what was used, for the manifest."""


@dataclass(frozen=True)
class Run:
    """What the harness gives to a method besides its clips."""

    seed: int
    folder: Path  # of this cell; a method may keep checkpoints in it
    devices: Devices  # for methods that compute with torch
    progress: Callable[[str], None] = _silent  # shows one line of progress
    # In `fit` of a method that names a `teacher`: its 8-bit soft masks (H, W) of a training clip,
    # one per frame, read from the store or made now.
    teacher: Callable[[Clip], Iterable[NDArray[np.uint8]]] = _no_teacher
    extended: Sequence[Clip] = ()  # in `fit`: the training clips of the data set it names
    # Clip name -> frame name -> truth; empty for every method that does not declare `needs_truth`.
    truth: Mapping[str, Mapping[str, Truth]] = field(default_factory=dict)

    def rng(self, *labels: str | int) -> np.random.Generator:
        """Return a generator that depends on the seed and `labels` only, never on call order."""
        words = [self.seed, *(int.from_bytes(str(label).encode(), "little") for label in labels)]
        return np.random.default_rng(words)


class Method(Plugin):
    """A method. Subclass it, set `name`, write `predict`; `fit` and weights only if it learns."""

    Params: ClassVar[type[Params]] = Params
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {}  # name -> parameter values
    # What it was given beyond raw frames. An instance may set its own, in `__init__` from its
    # parameters, and again in `fit` if it turns out otherwise.
    supervision: tuple[str, ...] = ()
    # What `predict` looks at to mask one frame: that frame alone, the flow to other frames, or the
    # whole video. Tables mark it.
    sees: ClassVar[Literal["image", "flow", "video"]] = "video"
    ours: ClassVar[bool] = False  # True: no paper has it; tables mark that too
    # Parameters that `fit` does not look at: cells that differ in nothing else share weights.
    predict_only: ClassVar[tuple[str, ...]] = ()
    # An instance may name another method or data set in `__init__`; see `Run`.
    teacher: str = ""
    teacher_post: str = ""  # steps that the teacher's masks go through, as behind `--post`
    extended: str = ""
    # True: no method but a bound, such as `oracle`. `predict` finds the truth in `run.truth`; every
    # table says so, and never ranks it.
    needs_truth: ClassVar[bool] = False

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
