"""The loop around training steps: the step itself, checkpoints, resume, and the stop at NaN."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from selfbench.contracts import Run
from selfbench.errors import SelfbenchError, StoreError
from selfbench.training import checkpoint
from selfbench.training.log import LOG, TrainingLog

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn
    from torch.optim.lr_scheduler import LRScheduler


class Stateful(Protocol):
    """What a checkpoint holds: modules, optimisers, schedules."""

    def state_dict(self) -> dict[str, Any]:
        """Return the state."""

    def load_state_dict(self, state: Any, /) -> Any:
        """Take a state back."""


class Loop:
    """Yields the steps of one training stage.

        loop = Loop(run, "masks", 1000, {"network": network, "adam": adam}, schedules=[rate])
        for step in loop:
            generator = loop.generator(step)
            ...
            loop.update(loss, network, adam)
            loop.record(step, {"loss": loss.item()})

    Randomness must come from `generator(step)` alone; then a stage that was killed and resumed
    from its checkpoint ends in the same numbers as one that was not.
    On several devices every process has a loop; the first one writes log and checkpoints.

    Args:
        run: whose folder keeps log and checkpoint.
        stage: name of the stage; a method may have several, one after the other.
        steps: how many.
        state: what to save and restore.
        schedules: of learning rates; each advances by one at the end of every step.
        checkpoint_s: seconds between checkpoints.
        log_every: steps between lines of the log.
    """

    def __init__(
        self,
        run: Run,
        stage: str,
        steps: int,
        state: Mapping[str, Stateful],
        schedules: Sequence[LRScheduler] = (),
        checkpoint_s: float = 60.0,
        log_every: int = 20,
    ) -> None:
        self.run, self.stage, self.steps = run, stage, steps
        self.schedules, self.checkpoint_s = schedules, checkpoint_s
        numbered = {f"schedule-{i}": schedule for i, schedule in enumerate(schedules)}
        self.state: Mapping[str, Stateful] = {**state, **numbered}
        self.log = TrainingLog(run, stage, steps, log_every)
        self.path = run.folder / f"checkpoint-{stage}.safetensors"

    def __iter__(self) -> Iterator[int]:
        saved = checkpoint.load(self.path)
        start = 0
        if saved is not None:
            start = int(saved["step"])
            self._take_back(saved)
        self.log.begin(start)
        last = time.monotonic()
        for step in range(start, self.steps):
            yield step
            self._advance_schedules()
            due = time.monotonic() - last > self.checkpoint_s or step + 1 == self.steps
            if due and not self.run.devices.rank:
                self._save(step + 1)
                last = time.monotonic()
        self.log.end()

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

    def update(
        self,
        loss: Tensor,
        module: nn.Module,
        optimiser: torch.optim.Optimizer,
        adjust: Callable[[Sequence[Tensor]], None] | None = None,
    ) -> None:
        """Take one step of `optimiser` down `loss`.

        Args:
            loss: scalar.
            module: whose gradients are averaged over processes.
            optimiser: of weights of `module`.
            adjust: changes the gradients in place before the step (clipping, say).
        """
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self.run.devices.average(module)
        if adjust is not None:
            adjust([p.grad for p in module.parameters() if p.grad is not None])
        optimiser.step()

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
        self.log.write(step, values)

    def _advance_schedules(self) -> None:
        with warnings.catch_warnings():
            # Where two networks take turns, one of them may not have had its first step yet.
            warnings.filterwarnings("ignore", "Detected call of `lr_scheduler.step")
            for schedule in self.schedules:
                schedule.step()

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


def _lay_out(part: Stateful) -> None:
    """Give an optimiser the layout of its weights again: in another one sums round otherwise."""
    import torch

    if isinstance(part, torch.optim.Optimizer):
        for weight, state in part.state.items():
            for name, value in state.items():
                if isinstance(value, torch.Tensor) and value.shape == weight.shape:
                    state[name] = torch.empty_like(weight).copy_(value)
