"""What `selfbench report` costs over many runs: `python benchmarks/report_scale.py --runs 200`.

20 methods, each with seeds, on two data sets of 20 clips: synthetic scores; the command starts with
a cold interpreter. Options of the command follow behind `--`.
"""

from __future__ import annotations

import argparse
import subprocess
import sysconfig
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
from synthetic_runs import LEVELS, frame_rows, load_metrics, write_run
from timing import machine, spent

from selfbench.store.cell_folder import Cell, cell_key
from selfbench.store.series import Row

METHODS, DATASETS, CLIPS = 20, ("davis-2016", "fs-singles"), 20
BOX_METRICS = ("CorLoc", "mAP0.5")


def write_runs(results: Path, runs: int, frames: int) -> None:
    metrics = load_metrics("J", "F", *BOX_METRICS, "AP50")
    names = [f"{i:05d}" for i in range(frames // CLIPS)]
    clips = {f"clip-{i:02d}": names for i in range(CLIPS)}
    for run in range(runs):
        number = run // len(DATASETS) % METHODS
        dataset, method = DATASETS[run % len(DATASETS)], f"method-{number:02d}"
        seed = run // (len(DATASETS) * METHODS)
        identity = {"method": method, "dataset": dataset, "frames": "0" * 32}
        cell = Cell(dataset, method, cell_key(identity), seed, identity)
        quality = 0.4 + 0.02 * number
        rows = list(frame_rows(clips, quality, np.random.default_rng(run), BOX_METRICS, True))
        rows += [
            Row("", "", False, "AP50", rule, level, "mask", quality)
            for rule, level in LEVELS.items()
        ]
        write_run(results, cell, rows, metrics, CLIPS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--frames", type=int, default=1400)
    parser.add_argument("--keep", type=Path, help="write the runs there, and leave them")
    parser.add_argument("options", nargs="*", help="of `selfbench report`, behind --")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        results = given.keep or Path(temporary)
        if not (results / DATASETS[0]).exists():
            write_runs(results, given.runs, given.frames)
        script = Path(sysconfig.get_path("scripts")) / "selfbench"
        command = [script, "report", "--results", results, *given.options]
        seconds = spent(partial(subprocess.run, command, check=True, stdout=subprocess.DEVNULL))
    print(f"{given.runs} runs x {given.frames} frames: {seconds:.1f} s\n{machine()}")


if __name__ == "__main__":
    main()
