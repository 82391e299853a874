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
import sysconfig
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from timing import Stopwatch, machine, spent

from selfbench import Truth, load_dataset
from selfbench.media.masks import read_labels
from selfbench.plugins.registry import Registry
from selfbench.stages.score.clips import Part, ScoredClip
from selfbench.stages.score.frames import LABELS, score_clips

FRAMES = 1376


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("SELFBENCH_DATA"))
    parser.add_argument("--predictions", type=Path, required=True)
    parser.add_argument("--frames", type=int, default=FRAMES, help="at least so many")
    parser.add_argument("--repeats", type=int, default=5)
    given = parser.parse_args()
    if given.data is None:
        parser.error("--data or SELFBENCH_DATA names the folder that holds DAVIS/")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        count = enlarge(given.data.resolve(), given.predictions.resolve(), folder, given.frames)
        print(f"{count} frames, {machine()}")
        for workers in (1, 2):
            seconds = [spent(partial(evaluate, folder, workers)) for _ in range(given.repeats)]
            best, middle = min(seconds), sorted(seconds)[len(seconds) // 2]
            print(
                f"{workers} worker(s): median {1e3 * middle / count:.2f} ms/frame, "
                f"best {1e3 * best / count:.2f}, {middle:.2f} s in all"
            )
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3
        print(f"largest process: {peak:.0f} MB")
        start_up = cpu_of(partial(evaluate, folder, 1, sequences="none-such"))
        print(f"start-up {start_up:.2f} s of processor time, once")
        scoring, decoding = shares(folder)
        print(f"processor time in one process: {1e3 * scoring / count:.2f} ms/frame, of it")
        print(f"  decoding the two PNGs {1e3 * decoding / count:.2f} ms ({decoding / scoring:.0%})")


def cpu_of(work: Callable[[], object]) -> float:
    """Processor seconds that the processes started by `work` use."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def enlarge(data: Path, predictions: Path, target: Path, frames: int) -> int:
    """Repeat the sequences of the val list until there are so many frames; return their number."""
    lists = target / "DAVIS" / "ImageSets" / "480p"
    lists.mkdir(parents=True)
    (lists / "train.txt").write_text("")
    lines: list[str] = []
    clips = load_dataset("davis-2016", data_root=data).clips("val")
    for index in itertools.count():
        turn, clip = index // len(clips), clips[index % len(clips)]
        name = f"{clip.name}-{turn}"
        for kind in ("JPEGImages", "Annotations"):
            parent = target / "DAVIS" / kind / "480p"
            parent.mkdir(parents=True, exist_ok=True)
            (parent / name).symlink_to(data / "DAVIS" / kind / "480p" / clip.name)
        (target / "masks").mkdir(exist_ok=True)
        (target / "masks" / name).symlink_to(predictions / clip.name)
        for frame in clip.frames.names:
            lines.append(
                f"/JPEGImages/480p/{name}/{frame}.jpg /Annotations/480p/{name}/{frame}.png \n"
            )
        if len(lines) >= frames:
            break
    (lists / "val.txt").write_text("".join(lines))
    return len(lines)


def evaluate(folder: Path, workers: int, sequences: str | None = None) -> None:
    """Run the command as a user does."""
    command = [
        Path(sysconfig.get_path("scripts")) / "selfbench",
        "evaluate", "--predictions", folder / "masks",
        "--dataset", "davis-2016", "--data-root", folder, "--workers", workers,
        *(["--sequences", sequences] if sequences else []),
    ]  # fmt: skip
    subprocess.run(list(map(str, command)), check=sequences is None, capture_output=True, text=True)


class TimedTruth(Part):
    """A truth whose loading is timed."""

    def __init__(self, whole: Mapping[str, Truth], load: Stopwatch) -> None:
        super().__init__(whole, list(whole))
        self.load = load

    def __getitem__(self, name: str) -> Truth:
        return self.load(self.whole, name)


def shares(folder: Path) -> tuple[float, float]:
    """Processor seconds of scoring every frame, and of reading the masks within it."""
    dataset = load_dataset("davis-2016", data_root=folder)
    truth = dataset.truth("val")
    read = Stopwatch(read_labels, time.process_time)
    load = Stopwatch(lambda whole, name: whole[name], time.process_time)
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
    metrics = [entry.load()() for entry in Registry().select("metrics", ["J", "F"])]
    score = partial(score_clips, clips, metrics, {LABELS: 0.0}, workers=1)
    return spent(score, time.process_time), read.seconds + load.seconds


if __name__ == "__main__":
    main()
