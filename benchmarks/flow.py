"""DIS flow of one clip by threads and by processes: `python benchmarks/flow.py --frames FOLDER`.

Each computes the flow between neighbours of all frames, in turn, several times; processes start
anew each time, as they would for a clip, and are sent their pairs. Quoted is the ratio.
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from pathlib import Path

from timing import header, machine, row, spent

from selfbench.contracts import Image
from selfbench.media.frames import read_frame
from selfbench.store.processors import processors
from selfbench.vision.flow.estimators import Flow, dis, shrunk

Images = Iterable[Image]


def by_one(first: Images, second: Images) -> list[Flow]:
    return list(map(dis, first, second))


def by_threads(first: Images, second: Images) -> list[Flow]:
    with ThreadPoolExecutor(processors()) as pool:
        return list(pool.map(dis, first, second))


def by_processes(first: Images, second: Images) -> list[Flow]:
    context = multiprocessing.get_context("forkserver")  # OpenCV keeps threads: no plain fork
    with ProcessPoolExecutor(processors(), context) as pool:
        return list(pool.map(dis, first, second))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=Path, required=True, help="folder of JPEG frames")
    parser.add_argument("--repeats", type=int, default=5)
    given = parser.parse_args()
    images = [shrunk(read_frame(path)) for path in sorted(given.frames.glob("*.jpg"))]
    if len(images) < 2:
        parser.error(f"{given.frames} holds {len(images)} JPEG frames, expected at least two")
    ways = {"one": by_one, "threads": by_threads, "processes": by_processes}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(given.repeats):
        for name, way in ways.items():
            seconds[name].append(spent(partial(way, images[:-1], images[1:])))
    print(f"{len(images) - 1} pairs at {images[0].shape[1]} x {images[0].shape[0]}")
    print(header(["", "seconds, median", "over threads"]))
    for name, values in seconds.items():
        ratio = statistics.median(a / b for a, b in zip(values, seconds["threads"], strict=True))
        print(row([name, f"{statistics.median(values):.2f}", f"{ratio:.2f}"]))
    print(f"\n{machine()}")


if __name__ == "__main__":
    main()
