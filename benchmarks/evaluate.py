"""Files to table: what `selfbench evaluate` costs per frame, and what share is PNG decoding.

The seven validation sequences at hand are repeated under other names up to about the size of the
DAVIS-2016 validation set (20 sequences, 1376 frames), so that starting Python weighs as it does
there. `python benchmarks/evaluate.py --data DATA --predictions MASKS`
"""

from __future__ import annotations

import argparse
import itertools
import os
import resource
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from selfbench.contracts import Truth
from selfbench.media.masks import read_labels
from selfbench.plugins.registry import Registry
from selfbench.stages.plan import data_places, open_dataset
from selfbench.stages.score.frames import LABELS, Part, ScoredClip, score_clips

FRAMES = 1376


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("SELFBENCH_DATA"))
    parser.add_argument("--predictions", type=Path, required=True)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        count = enlarge(arguments.data, arguments.predictions, Path(folder))
        print(f"{count} frames, {os.cpu_count()} processors, Python {sys.version.split()[0]}")
        for workers in (1, 2):
            walls = [evaluate(Path(folder), workers) for _ in range(arguments.repeats)]
            best, middle = min(walls), sorted(walls)[len(walls) // 2]
            print(
                f"{workers} worker(s): median {1e3 * middle / count:.2f} ms/frame, "
                f"best {1e3 * best / count:.2f}, {middle:.2f} s in all"
            )
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3
        print(f"largest process: {peak:.0f} MB")
        start_up = cpu_of(lambda: evaluate(Path(folder), 1, sequences="none-such"))
        print(f"start-up {start_up:.2f} s of processor time, once")
        scoring, decoding = shares(Path(folder))
        print(f"processor time in one process: {1e3 * scoring / count:.2f} ms/frame, of it")
        print(f"  decoding the two PNGs {1e3 * decoding / count:.2f} ms ({decoding / scoring:.0%})")


def cpu_of(work: Callable[[], object]) -> float:
    """Processor seconds that the processes started by `work` use."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def enlarge(data: Path, predictions: Path, target: Path) -> int:
    """Repeat the sequences of the val list; return the number of frames."""
    places = data_places(data)
    dataset = open_dataset(Registry().entry("datasets", "davis-2016"), {}, places)
    lists = target / "DAVIS" / "ImageSets" / "480p"
    lists.mkdir(parents=True)
    (lists / "train.txt").write_text("")
    lines: list[str] = []
    clips = dataset.clips("val")
    for index in itertools.count():
        turn, clip = index // len(clips), clips[index % len(clips)]
        name = f"{clip.name}-{turn}"
        for kind in ("JPEGImages", "Annotations"):
            parent = target / "DAVIS" / kind / "480p"
            parent.mkdir(parents=True, exist_ok=True)
            (parent / name).symlink_to(data / "DAVIS" / kind / "480p" / clip.name)
        (target / "masks").mkdir(exist_ok=True)
        (target / "masks" / name).symlink_to(predictions.resolve() / clip.name)
        for frame in clip.frames.names:
            lines.append(
                f"/JPEGImages/480p/{name}/{frame}.jpg /Annotations/480p/{name}/{frame}.png \n"
            )
        if len(lines) >= FRAMES:
            break
    (lists / "val.txt").write_text("".join(lines))
    return len(lines)


def evaluate(folder: Path, workers: int, sequences: str | None = None) -> float:
    """Run the command as a user does; return the seconds it took."""
    command = [
        Path(sysconfig.get_path("scripts")) / "selfbench",
        "evaluate", "--predictions", folder / "masks",
        "--dataset", "davis-2016", "--data-root", folder, "--workers", workers,
        *(["--sequences", sequences] if sequences else []),
    ]  # fmt: skip
    started = time.perf_counter()
    subprocess.run(list(map(str, command)), check=sequences is None, capture_output=True, text=True)
    return time.perf_counter() - started


class Timed:
    """Calls a function and adds up the processor time it takes."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function, self.seconds = function, 0.0

    def __call__(self, *arguments: Any) -> Any:
        started = time.process_time()
        answer = self.function(*arguments)
        self.seconds += time.process_time() - started
        return answer


class TimedTruth(Part):
    """A truth whose loading is timed."""

    def __init__(self, whole: Mapping[str, Truth], load: Timed) -> None:
        super().__init__(whole, list(whole))
        self.load = load

    def __getitem__(self, name: str) -> Truth:
        return self.load(self.whole, name)


def shares(folder: Path) -> tuple[float, float]:
    """Processor seconds of scoring every frame, and of reading the masks within it."""
    registry = Registry()
    dataset = open_dataset(registry.entry("datasets", "davis-2016"), {}, data_places(folder))
    truth, read, load = dataset.truth("val"), Timed(read_labels), Timed(lambda w, name: w[name])
    clips = [
        ScoredClip(
            clip.name,
            clip.frames.names,
            TimedTruth(truth[clip.name], load),
            folder / "masks" / clip.name,
            read=read,
        )
        for clip in dataset.clips("val")
    ]
    metrics = [entry.load()() for entry in registry.select("metrics", ["J", "F"])]
    started = time.process_time()
    score_clips(clips, metrics, {LABELS: 0.0}, workers=1)
    return time.process_time() - started, read.seconds + load.seconds


if __name__ == "__main__":
    main()
