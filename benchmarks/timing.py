"""What the timings share: stopwatches, frames of noise, the machine in words, Markdown tables."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from selfbench import Clip
from selfbench.contracts import Image

Clock = Callable[[], float]


class Stopwatch:
    """Calls a function as it is and adds up the time that it takes."""

    def __init__(self, function: Callable[..., Any], clock: Clock = time.perf_counter) -> None:
        self.function, self.clock, self.seconds = function, clock, 0.0

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        started = self.clock()
        try:
            return self.function(*arguments, **options)
        finally:
            self.seconds += self.clock() - started


def spent(function: Callable[[], object], clock: Clock = time.perf_counter) -> float:
    """Return how long one call takes, in seconds of the clock."""
    started = clock()
    function()
    return clock() - started


class NoiseFrames:
    """Frames of noise, 32 of them in turn, so that they weigh little in the memory measured."""

    def __init__(self, count: int, height: int, width: int) -> None:
        rng = np.random.default_rng(0)
        self._frames = rng.integers(0, 256, (min(count, 32), height, width, 3), np.uint8)
        self.names = [f"{i:05d}" for i in range(count)]

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, index: int, /) -> Image:
        return np.asarray(self._frames[index % len(self._frames)])

    def __iter__(self) -> Iterator[Image]:
        return (self[i] for i in range(len(self)))


def noise_clip(count: int, height: int, width: int) -> Clip:
    """Return a clip of noise that costs nothing to decode."""
    return Clip("noise", NoiseFrames(count, height, width))


def machine(device: str = "cpu") -> str:
    """Return the line that says where a timing comes from."""
    return (
        f"{platform.machine()}, {os.cpu_count()} CPUs, {device}, load {os.getloadavg()[0]:.1f}, "
        f"Python {platform.python_version()}, {time.strftime('%Y-%m-%d')}"
    )


def row(cells: Sequence[object]) -> str:
    """Return a line of a Markdown table."""
    return f"| {' | '.join(map(str, cells))} |"


def header(columns: Sequence[str]) -> str:
    """Return the first two lines of a Markdown table."""
    return f"{row(columns)}\n|{'---|' * len(columns)}"
