"""Worker processes that know the same plug-ins: spreading tasks over them."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from selfbench.errors import SelfbenchError
from selfbench.plugins.files import FILE_MODULE, load_file

T = TypeVar("T")
R = TypeVar("R")


def spread(function: Callable[[T], R], tasks: Sequence[T], workers: int) -> Iterable[R]:
    """Return `function` of each of `tasks`, in their order, from `workers` processes.

    Raises:
        SelfbenchError: if worker processes die.
    """
    if workers < 2 or len(tasks) < 2 or multiprocessing.current_process().daemon:
        return map(function, tasks)
    return _spread(function, tasks, workers)


def _spread(function: Callable[[T], R], tasks: Sequence[T], workers: int) -> Iterator[R]:
    # Never a plain fork: OpenCV and BLAS keep threads, and a forked child waits for them forever.
    # The fork server is a fresh process that has imported the slow libraries and nothing else:
    # the working directory is on its path, where a folder could stand before our own packages.
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(["numpy", "PIL.Image", "pydantic"])
    try:
        with ProcessPoolExecutor(
            min(workers, len(tasks)), context, initializer=load_plugins, initargs=(file_plugins(),)
        ) as pool:
            with hidden_main():
                results = pool.map(function, tasks)
            yield from results
    except BrokenProcessPool as error:
        raise SelfbenchError(
            "A worker process died or could not start; use one worker: --workers 1."
        ) from error


@contextmanager
def hidden_main() -> Iterator[None]:
    """Keep processes that start meanwhile from running the script that started this one.

    They would import it to find functions defined there, and a script without
    `if __name__ == "__main__":` would begin anew in each of them. Nothing they are sent is in it.
    """
    main = sys.modules["__main__"]
    hidden = {name: main.__dict__.pop(name) for name in ("__file__",) if name in main.__dict__}
    spec, main.__spec__ = main.__spec__, None
    try:
        yield
    finally:
        main.__spec__ = spec
        main.__dict__.update(hidden)


def file_plugins() -> list[tuple[str, Path]]:
    """Return the plug-ins that were given as files: module name and file."""
    return [
        (name, Path(module.__file__))
        for name, module in sys.modules.items()
        if name.startswith(FILE_MODULE) and module.__file__
    ]


def load_plugins(plugins: list[tuple[str, Path]]) -> None:
    """Make the plug-ins of `file_plugins` known to another process."""
    for name, file in plugins:
        if name not in sys.modules:
            load_file(name, file)
