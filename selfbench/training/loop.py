"""The loop around training steps: progress, log.csv, TensorBoard, checkpoints, resume, NaN stop."""

from __future__ import annotations

import csv
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from selfbench.contracts import Run
from selfbench.errors import SelfbenchError, StoreError
from selfbench.store.atomic import replacing, storing
from selfbench.training import checkpoint

if TYPE_CHECKING:
    import torch

LOG = "log.csv"  # one line per value: stage, step, seconds, name, value


class Stateful(Protocol):
    """What a checkpoint holds: modules and optimisers."""

    def state_dict(self) -> dict[str, Any]:
        """Return the state."""

    def load_state_dict(self, state: Any, /) -> Any:
        """Take a state back."""


class Loop:
    """Yields the steps of one training stage.

    Randomness must come from `generator(step)` alone; then a stage that was killed and resumed
    from its checkpoint ends in the same numbers as one that was not.
    On several devices every process has a loop; the first one writes log and checkpoints.

    Args:
        run: whose folder keeps log and checkpoint.
        stage: name of the stage; a method may have several, one after the other.
        steps: how many.
        state: what to save and restore.
        checkpoint_s: seconds between checkpoints.
        log_every: steps between lines of the log.
    """

    def __init__(
        self,
        run: Run,
        stage: str,
        steps: int,
        state: Mapping[str, Stateful],
        checkpoint_s: float = 60.0,
        log_every: int = 20,
    ) -> None:
        self.run, self.stage, self.steps, self.state = run, stage, steps, state
        self.checkpoint_s, self.log_every = checkpoint_s, log_every
        self.path = run.folder / f"checkpoint-{stage}.safetensors"
        self._writer: Any = None

    def __iter__(self) -> Iterator[int]:
        saved = checkpoint.load(self.path)
        start = 0
        if saved is not None:
            start = int(saved["step"])
            self._take_back(saved)
        if not self.run.devices.rank:
            self._trim_log(start)
        self._started = last = time.monotonic()
        for step in range(start, self.steps):
            yield step
            due = time.monotonic() - last > self.checkpoint_s or step + 1 == self.steps
            if due and not self.run.devices.rank:
                self._save(step + 1)
                last = time.monotonic()
        if self._writer is not None:
            self._writer.close()

    def generator(self, step: int) -> torch.Generator:
        """Return a CPU generator that depends on seed, stage, `step` and process only.

        The global one is seeded alike, for layers that know no other (dropout).
        """
        import torch

        rank = self.run.devices.rank
        others = (f"process {rank}",) if rank else ()
        seed = int(self.run.rng(self.stage, step, *others).integers(2**63))
        torch.manual_seed(seed)
        return torch.Generator().manual_seed(seed)

    def record(self, step: int, values: Mapping[str, float]) -> None:
        """Log values of a step and stop at the first that is not finite.

        Raises:
            SelfbenchError: naming the step and the term.
        """
        for name, value in values.items():
            if not math.isfinite(value):
                raise SelfbenchError(
                    f"Training stopped in stage '{self.stage}' at step {step}: {name} became "
                    f"{value}; lower the learning rate or look at {self.run.folder / LOG}."
                )
        if self.run.devices.rank or (step % self.log_every and step + 1 != self.steps):
            return
        seconds = round(time.monotonic() - self._started, 2)
        rows = [(self.stage, step, seconds, name, f"{v:.6g}") for name, v in values.items()]
        with storing(self.run.folder), (self.run.folder / LOG).open("a", newline="") as file:
            csv.writer(file).writerows(rows)
        self._board(step, values)
        shown = "  ".join(f"{name} {value:.3g}" for name, value in values.items())
        self.run.progress(f"{self.stage} {step + 1}/{self.steps}  {shown}")

    def _board(self, step: int, values: Mapping[str, float]) -> None:
        if self._writer is None:
            from torch.utils.tensorboard import SummaryWriter

            self._writer = SummaryWriter(str(self.run.folder / "tensorboard" / self.stage))
        for name, value in values.items():
            self._writer.add_scalar(name, value, step)

    def _save(self, step: int) -> None:
        parts = {name: part.state_dict() for name, part in self.state.items()}
        for name, part in parts.items():
            for key, value in part.items():
                if hasattr(value, "isfinite") and not bool(value.isfinite().all()):
                    # A loss shows it one step later; from here on nothing could be resumed.
                    raise SelfbenchError(
                        f"Training stopped in stage '{self.stage}' at step {step - 1}: "
                        f"{name}.{key} is not finite; lower the learning rate ({self.path} is as "
                        "it was before)."
                    )
        checkpoint.save(self.path, {"step": step, **parts})

    def _take_back(self, saved: Mapping[str, Any]) -> None:
        try:
            for name, part in self.state.items():
                part.load_state_dict(saved[name])
                _lay_out(part)
        except (KeyError, ValueError, RuntimeError) as error:
            raise StoreError(
                f"{self.path} is the checkpoint of another network "
                f"({str(error).splitlines()[0].rstrip(':')}); delete it and give the same command "
                "again to train from the start."
            ) from error

    def _trim_log(self, start: int) -> None:
        """Drop lines of steps that will be done again."""
        path = self.run.folder / LOG
        rows: list[list[str]] = []
        if path.exists():
            with path.open(newline="") as file:
                rows = list(csv.reader(file))[1:]
        kept = [row for row in rows if row[0] != self.stage or int(row[1]) < start]
        with storing(path.parent), replacing(path) as part, part.open("w", newline="") as file:
            csv.writer(file).writerows([["stage", "step", "seconds", "name", "value"], *kept])


def merge_logs(folder: Path, parts: Sequence[Path]) -> None:
    """Write one log.csv in `folder` from those of its parts, in their order.

    For stages that are trained by several processes, which cannot share a file.
    """
    rows = [line for part in parts if (part / LOG).exists() for line in read_log(part)]
    with storing(folder), replacing(folder / LOG) as path, path.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["stage", "step", "seconds", "name", "value"])
        writer.writeheader()
        writer.writerows(rows)


def _lay_out(part: Stateful) -> None:
    """Give an optimiser the layout of its weights again: in another one sums round otherwise."""
    import torch

    if isinstance(part, torch.optim.Optimizer):
        for weight, state in part.state.items():
            for name, value in state.items():
                if isinstance(value, torch.Tensor) and value.shape == weight.shape:
                    state[name] = torch.empty_like(weight).copy_(value)


def read_log(folder: Path) -> list[dict[str, str]]:
    """Return the lines of a run's log.csv."""
    with (folder / LOG).open(newline="") as file:
        return list(csv.DictReader(file))
