"""Training by several processes at once, one per device."""

from __future__ import annotations

import os
import pickle
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from selfbench.contracts import Run
from selfbench.errors import SelfbenchError
from selfbench.plugins.workers import file_plugins, hidden_main, load_plugins
from selfbench.training import checkpoint
from selfbench.training.devices import TorchDevices, quieten

if TYPE_CHECKING:
    from lightning_fabric import Fabric

T = TypeVar("T")


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
    assert isinstance(devices, TorchDevices), "only they start processes"
    from torch import multiprocessing
    from torch.multiprocessing.spawn import ProcessException

    result = run.folder / "launched.safetensors"
    messages = multiprocessing.get_context("spawn").SimpleQueue()
    failures: list[SelfbenchError] = []
    listener = threading.Thread(target=_listen, args=(messages, run.progress, failures))
    listener.start()
    try:
        task = pickle.dumps((function, replace(run, progress=_nothing), args))
        work = _Work(file_plugins(), task, result, messages)
        with hidden_main():
            devices.connected(devices.count).launch(work)
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
        quieten()  # on arrival: Fabric would tell of each process that it has started
        self.__dict__.update(state)

    def __call__(self, fabric: Fabric) -> None:
        from torch import distributed

        load_plugins(self.plugins)
        function, run, args = pickle.loads(self.task)
        assert isinstance(run.devices, TorchDevices), "`launch` saw to it"
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


def _nothing(text: str) -> None: ...
