"""DIS flow of one clip by threads and by processes: `python benchmarks/flow.py --frames FOLDER`.

Both compute the flow between neighbours of all frames, in turn, several times; processes start
anew each time, as they would for a clip, and are sent their pairs. Quoted is the ratio.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

from selfbench.contracts import Image
from selfbench.media.frames import read_frame
from selfbench.plugins.workers import spread
from selfbench.store.processors import processors
from selfbench.vision.flow.estimators import Flow, dis, shrunk

Pair = tuple[Image, Image]


def flow_of(pair: Pair) -> Flow:
    return dis(*pair)


def by_one(pairs: Sequence[Pair]) -> list[Flow]:
    return list(map(flow_of, pairs))


def by_threads(pairs: Sequence[Pair]) -> list[Flow]:
    with ThreadPoolExecutor(processors()) as pool:
        return list(pool.map(flow_of, pairs))


def by_processes(pairs: Sequence[Pair]) -> list[Flow]:
    return list(spread(flow_of, pairs, processors()))


def seconds(way: Callable[[Sequence[Pair]], list[Flow]], pairs: Sequence[Pair]) -> float:
    started = time.perf_counter()
    assert len(way(pairs)) == len(pairs)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=Path, required=True, help="folder of JPEG frames")
    parser.add_argument("--repeats", type=int, default=5)
    given = parser.parse_args()
    images = [shrunk(read_frame(path)) for path in sorted(given.frames.glob("*.jpg"))]
    pairs = list(pairwise(images))
    ways = {"one": by_one, "threads": by_threads, "processes": by_processes}
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(given.repeats):
        for name, way in ways.items():
            spent[name].append(seconds(way, pairs))
    print(f"{len(pairs)} pairs at {images[0].shape[1]} x {images[0].shape[0]}")
    print("| | seconds, median | over threads |\n|---|---|---|")
    for name, values in spent.items():
        ratio = statistics.median(a / b for a, b in zip(values, spent["threads"], strict=True))
        print(f"| {name} | {statistics.median(values):.2f} | {ratio:.2f} |")
    print(f"\n{platform.machine()}, {processors()} of {os.cpu_count()} CPUs,", end=" ")
    print(f"{datetime.date.today()}")


if __name__ == "__main__":
    main()
