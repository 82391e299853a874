"""On what methods train and predict: the CPU or GPUs, one process or several, which precision.

What is computed does not depend on it, up to rounding and to batch statistics per process; so it
is no parameter of a method and in no key of a result. Manifests record it.
"""

from __future__ import annotations

import logging
import os
import pickle
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from selfbench.errors import SelfbenchError, UsageError

if TYPE_CHECKING:
    import numpy as np
    import torch
    from lightning_fabric import Fabric
    from numpy.typing import NDArray

    from selfbench.contracts import Run

T = TypeVar("T")
KINDS = ("auto", "cpu", "cuda")


def _asked_count() -> int:
    text = os.environ.get("SELFBENCH_DEVICES", "1")
    if not text.isdigit():
        raise UsageError(f"SELFBENCH_DEVICES is '{text}', expected a number such as 2.")
    return int(text)


@dataclass(frozen=True)
class Devices:
    """The devices of a run, asked for by `--device` and `--devices` or by the environment.

    torch is imported when a device is first needed.
    """

    kind: str = field(default_factory=lambda: os.environ.get("SELFBENCH_DEVICE", "auto"))
    count: int = field(default_factory=_asked_count)
    joined: Fabric | None = None  # in a process of `launch`: what connects it to the others
    gpu: int | None = None  # which one, where each of several trains something of its own

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise UsageError(f"--device got '{self.kind}', expected one of {', '.join(KINDS)}.")
        if self.count < 1:
            raise UsageError(f"--devices got {self.count}, expected at least 1.")

    @cached_property
    def fabric(self) -> Fabric:
        """The other processes of a training and this one's device; by itself, one device."""
        fabric = self.joined or self._fabric(1)
        if fabric.device.type == "cuda":
            import torch

            # What stays in 32 bits may still use the tensor cores.
            torch.set_float32_matmul_precision("high")
            torch.backends.cudnn.benchmark = True  # images have one size
        return fabric

    def _fabric(self, count: int) -> Fabric:
        import torch
        from lightning_fabric import Fabric
        from lightning_fabric.plugins.environments.lightning import LightningEnvironment

        there = torch.cuda.device_count()
        kind = ("cuda" if there else "cpu") if self.kind == "auto" else self.kind
        if kind == "cuda" and there < count:
            raise UsageError(
                f"--device cuda --devices {count} was asked for, but torch finds "
                f"{there or 'no'} GPU{'s' * (there != 1)} here; use --device cpu or --devices "
                f"{max(there, 1)}."
            )
        half = kind == "cpu" or torch.cuda.is_bf16_supported(including_emulation=False)
        _quieten()
        return Fabric(
            accelerator=kind,
            devices=count if self.gpu is None or kind == "cpu" else [self.gpu],
            strategy="ddp_spawn" if count > 1 else "auto",
            precision="bf16-mixed" if half else "32-true",
            # Processes are started here: batch systems around us are none of Fabric's business.
            plugins=[LightningEnvironment()],
        )

    @property
    def device(self) -> torch.device:
        """The device of this process."""
        return self.fabric.device

    @property
    def rank(self) -> int:
        """The number of this process; number 0 writes log and checkpoints."""
        return self.fabric.global_rank if self.joined else 0

    def share(self, batch: int) -> int:
        """Return how many images of a batch this process takes.

        Raises:
            UsageError: if the batch cannot be shared evenly.
        """
        count = self.joined.world_size if self.joined else 1
        if batch % count:
            raise UsageError(
                f"A batch of {batch} cannot be shared by {count} devices; use --devices or "
                "--set batch=N so that one divides the other."
            )
        return batch // count

    def autocast(self) -> AbstractContextManager[Any]:
        """Compute in bf16 where that is safe and the device can; in 32 bits otherwise."""
        return self.fabric.autocast()

    def put(self, tensor: torch.Tensor) -> torch.Tensor:
        """Return `tensor` on the device; on the way to a GPU the CPU does not wait."""
        if self.device.type == "cpu":
            return tensor
        return tensor.pin_memory().to(self.device, non_blocking=True)

    def images(self, frames: NDArray[np.uint8]) -> torch.Tensor:
        """Return 8-bit images (N, H, W, C) as (N, C, H, W) in [0, 1] on the device."""
        import torch

        # A quarter of the bytes travels when they become floats on the device.
        found = self.put(torch.from_numpy(frames)).permute(0, 3, 1, 2).float() / 255
        return found.contiguous(memory_format=torch.channels_last)

    def place(self, module: torch.nn.Module) -> None:
        """Move a network to the device, in the layout that convolutions are fastest in."""
        import torch

        module.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]

    def average(self, module: torch.nn.Module) -> None:
        """Average gradients and batch statistics over all processes, before the optimiser's step.

        All processes start alike and take the same steps, so their networks stay equal.
        """
        if self.joined is None:
            return
        import torch

        with torch.no_grad():
            state = module.state_dict(keep_vars=True).values()
            shared = [v.grad if isinstance(v, torch.nn.Parameter) else v for v in state]
            mine = [v for v in shared if v is not None and v.is_floating_point()]
            flat = torch.cat([v.flatten().float() for v in mine])
            self.joined.all_reduce(flat, reduce_op="mean")
            means = torch.split(flat, [v.numel() for v in mine])
            for value, mean in zip(mine, means, strict=True):
                value.copy_(mean.view(value.shape))

    def describe(self) -> str:
        """Return what was used, for the manifest; `cpu` where no device was asked for."""
        if "fabric" not in self.__dict__:
            return "cpu"
        name = "cpu"
        if self.device.type == "cuda":
            import torch

            name = torch.cuda.get_device_name(self.device)
        return f"{self.count} x {name}" if self.count > 1 else name


def launch(function: Callable[..., T], run: Run, *args: Any) -> T:
    """Return `function(run, *args)`, computed by one process per device of `run`.

    With one device it is a plain call. With several, `function` and `args` must be picklable, the
    result is that of process 0 and must be something `checkpoint.save` can write.

    Raises:
        SelfbenchError: the error of the first process that fails; the others are ended.
    """
    devices = run.devices
    if devices.count == 1:
        return function(run, *args)
    from torch import multiprocessing
    from torch.multiprocessing.spawn import ProcessException

    from selfbench.plugins.workers import file_plugins
    from selfbench.training import checkpoint

    result = run.folder / "launched.safetensors"
    messages = multiprocessing.get_context("spawn").SimpleQueue()
    failures: list[SelfbenchError] = []
    listener = threading.Thread(target=_listen, args=(messages, run.progress, failures))
    listener.start()
    try:
        task = pickle.dumps((function, replace(run, progress=_nothing), args))
        work = _Work(file_plugins(), task, result, messages)
        devices._fabric(devices.count).launch(work)
    except ProcessException as error:
        reason = str(error).strip().splitlines()[-1]
        failures.append(SelfbenchError(f"One of {devices.count} processes failed: {reason}"))
    finally:
        messages.put(None)
        listener.join()
        os.environ.pop("MASTER_PORT", None)  # of these processes; the next ones take another
    if failures:
        raise failures[0]
    loaded = checkpoint.load(result)
    assert loaded is not None, "process 0 wrote it"
    result.unlink()
    value: T = loaded["value"]
    return value


def _listen(messages: Any, progress: Callable[[str], None], failures: list[SelfbenchError]) -> None:
    while (message := messages.get()) is not None:
        if isinstance(message, SelfbenchError):
            failures.append(message)
        else:
            progress(message)


@dataclass
class _Work:
    """What each process does; it travels to them pickled."""

    plugins: list[tuple[str, Path]]
    task: bytes  # (function, run, args), unpickled when the plug-ins they refer to are known
    result: Path
    messages: Any

    def __setstate__(self, state: dict[str, Any]) -> None:
        _quieten()  # on arrival: Fabric would tell of each process that it has started
        self.__dict__.update(state)

    def __call__(self, fabric: Fabric) -> None:
        from torch import distributed

        from selfbench.plugins.workers import load_plugins
        from selfbench.training import checkpoint

        load_plugins(self.plugins)
        function, run, args = pickle.loads(self.task)
        devices = replace(run.devices, joined=fabric)
        first = fabric.global_rank == 0
        progress = self.messages.put if first else _nothing
        try:
            value = function(replace(run, devices=devices, progress=progress), *args)
        except SelfbenchError as error:
            self.messages.put(error)
            raise
        if first:
            checkpoint.save(self.result, {"value": value})
        # Left to the interpreter's end, gloo's threads now and then abort a process that is done.
        distributed.destroy_process_group()


def _quieten() -> None:
    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)


def _nothing(text: str) -> None: ...
