"""Time `selfbench report` over many runs: `python benchmarks/report_scale.py [--runs 200]`.

Writes synthetic scores (20 methods, each with seeds, on two data sets of 20 clips) as the score
stage would, then runs the command with a cold interpreter. The numbers in it mean nothing.
"""

from __future__ import annotations

import argparse
import subprocess
import sysconfig
import tempfile
import time
from pathlib import Path

import numpy as np

from selfbench.plugins.registry import Registry
from selfbench.stages.score.cells import score_info, write_scores
from selfbench.stages.score.frames import Row
from selfbench.store.cell_folder import Cell, CellStore, cell_key
from selfbench.store.provenance import now

METHODS, DATASETS, CLIPS = 20, ("davis-2016", "fs-singles"), 20
RULES = ("best-J", "val", "0.5")


def rows(quality: float, frames: int, rng: np.random.Generator) -> list[Row]:
    """Return the rows of one run: J and F under three rules, CorLoc and mAP0.5 of four boxes."""
    found = []
    for clip in range(CLIPS):
        ease = rng.normal(0, 0.1)
        for frame in range(frames // CLIPS):
            at = (f"clip-{clip:02d}", f"{frame:05d}", frame in (0, frames // CLIPS - 1))
            j = float(np.clip(quality + ease + rng.normal(0, 0.05), 0, 1))
            for rule in RULES:
                found += [Row(*at, m, rule, 0.5, "", j) for m in "JF"]
            for rule in (*RULES, ""):
                kind = "mask" if rule else "own"
                found += [
                    Row(*at, m, rule, 0.5, kind, float(j > 0.5)) for m in ("CorLoc", "mAP0.5")
                ]
    found += [Row("", "", False, "AP50", rule, 0.5, "mask", quality) for rule in RULES]
    return found


def write_runs(results: Path, runs: int, frames: int) -> None:
    registry = Registry()
    metrics = [
        registry.entry("metrics", n).load()() for n in ("J", "F", "CorLoc", "mAP0.5", "AP50")
    ]
    for run in range(runs):
        rng = np.random.default_rng(run)
        dataset, method = DATASETS[run % 2], f"method-{run // 2 % METHODS:02d}"
        seed = run // (2 * METHODS)
        identity = {"method": method, "dataset": dataset, "frames": "0" * 32}
        cell = Cell(dataset, method, cell_key(identity), seed, identity)
        store = CellStore(cell.folder(results))
        store.write_manifest(
            {
                "status": "done", "method": method, "dataset": dataset, "key": cell.key,
                "seed": seed, "identity": identity, "changed": {"dataset": {}, "method": {}},
                "supervision": [], "started": now(),
            }
        )  # fmt: skip
        found = rows(0.4 + 0.02 * (run // 2 % METHODS), frames, rng)
        write_scores(store.folder, found, score_info(metrics, "all", CLIPS, "synthetic"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--frames", type=int, default=1400)
    parser.add_argument("--keep", type=Path, help="Write the runs there, and leave them.")
    parser.add_argument("options", nargs="*", help="More options of `selfbench report`, behind --.")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        results = arguments.keep or Path(temporary)
        if not (results / DATASETS[0]).exists():
            write_runs(results, arguments.runs, arguments.frames)
        command = [Path(sysconfig.get_path("scripts")) / "selfbench", "report"]
        started = time.perf_counter()
        subprocess.run(
            [*command, "--results", results, *arguments.options], check=True, capture_output=True
        )
        print(f"{arguments.runs} runs x {arguments.frames} frames: "
              f"{time.perf_counter() - started:.1f} s")  # fmt: skip


if __name__ == "__main__":
    main()
