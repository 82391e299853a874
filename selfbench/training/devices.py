"""On what methods train and predict: the CPU or GPUs, one process or several, which precision.

What is computed does not depend on it, up to rounding and to batch statistics per process; so it
is no parameter of a method and in no key of a result. Manifests record it.
"""

from __future__ import annotations

import logging
import os
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from selfbench.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    import torch
    from lightning_fabric import Fabric
    from numpy.typing import NDArray


KINDS = ("auto", "cpu", "cuda")


def _asked_count() -> int:
    text = os.environ.get("SELFBENCH_DEVICES", "1")
    if not text.isdigit():
        raise UsageError(f"SELFBENCH_DEVICES is '{text}', expected a number such as 2.")
    return int(text)


@dataclass(frozen=True)
class TorchDevices:
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
        fabric = self.joined or self.connected(1)
        if fabric.device.type == "cuda":
            import torch

            # What stays in 32 bits may still use the tensor cores.
            torch.set_float32_matmul_precision("high")
            torch.backends.cudnn.benchmark = True  # images have one size
        return fabric

    def connected(self, count: int) -> Fabric:
        """Return what connects `count` processes, one per device."""
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
        quieten()
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
        tensor = self.put(torch.from_numpy(frames)).permute(0, 3, 1, 2).float() / 255
        return tensor.contiguous(memory_format=torch.channels_last)

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

    def alone(self, gpu: int | None = None) -> TorchDevices:
        """Return one device: of this kind, or GPU number `gpu`."""
        return replace(self, count=1, gpu=self.gpu if gpu is None else gpu)

    def describe(self) -> str:
        """Return what was used, for the manifest; `cpu` where no device was asked for."""
        if "fabric" not in self.__dict__:
            return "cpu"
        name = "cpu"
        if self.device.type == "cuda":
            import torch

            name = torch.cuda.get_device_name(self.device)
        return f"{self.count} x {name}" if self.count > 1 else name


def quieten() -> None:
    """Keep Fabric from telling of each process that it has started."""
    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)
