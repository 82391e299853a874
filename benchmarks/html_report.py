"""Time and size of the HTML report: `python benchmarks/html_report.py --runs 200 --frames 1400`.

Makes a results folder with 480p frames, masks and scores of so many runs (masks are links to one
set, which costs the report as much as if each run had its own), then times the command, and, where
there is a Chromium, the opening of the page until the table stands in it.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sysconfig
import tempfile
import time
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from synthetic_runs import frame_rows, load_metrics, write_run
from timing import machine, spent

from selfbench import load_dataset
from selfbench.store.cell_folder import Cell, cell_key

CLIPS, SEEDS = 10, 5
BOX_METRICS = ("mAP0.5",)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--frames", type=int, default=1400)
    parser.add_argument("--keep", type=Path, help="make everything there, and leave it")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        root = given.keep or Path(temporary)
        if not (root / "results").exists():
            names = [f"{i:05d}" for i in range(given.frames // CLIPS)]
            draw(root, names)
            write_runs(root, names, given.runs)
        script = Path(sysconfig.get_path("scripts")) / "selfbench"
        command = [script, "report", "--report", "html", "--results", root / "results"]
        print(f"report: {spent(partial(subprocess.run, command, check=True)):.1f} s")
        page = root / "results" / "report.html"
        print(f"page: {page.stat().st_size / 1e6:.1f} MB")
        time_opening(page)
    print(machine())


def draw(root: Path, names: list[str]) -> None:
    """Frames of noise that drifts, a disc that moves, soft masks that tremble at its edge."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:480, :854]
    for c in range(CLIPS):
        texture = cv2.resize(rng.integers(0, 255, (60, 140, 3), np.uint8), (1100, 480))
        frames, truth, masks = (root / kind / f"clip-{c}" for kind in ("frames", "truth", "masks"))
        for folder in (frames, truth, masks):
            folder.mkdir(parents=True)
        for t, name in enumerate(names):
            distance = np.hypot(x - 427 - 200 * np.sin(t / 20 + c), y - 240)
            frame = texture[:, t % 240 : t % 240 + 854].copy()
            frame[distance < 90] = (40, 60, 220)
            edge = distance - 95 + 12 * rng.standard_normal((480, 854))
            soft = 255 / (1 + np.exp(edge / 6))
            cv2.imwrite(str(frames / f"{name}.jpg"), frame)
            cv2.imwrite(str(truth / f"{name}.png"), np.uint8(distance < 90) * 255)
            cv2.imwrite(str(masks / f"{name}.png"), soft.astype(np.uint8))


def write_runs(root: Path, names: list[str], runs: int) -> None:
    data = load_dataset("folder", path=str(root / "frames"), masks=str(root / "truth"))
    params, metrics = data.params.model_dump(mode="json"), load_metrics("J", "F", *BOX_METRICS)
    clips = {f"clip-{c}": names for c in range(CLIPS)}
    for run in range(runs):
        method, seed = f"method-{run // SEEDS:02d}", run % SEEDS
        identity = {
            "method": method, "dataset_params": params, "frames": data.frames_fingerprint()
        }  # fmt: skip
        cell = Cell("folder", method, cell_key(identity), seed, identity)
        rows = list(frame_rows(clips, 0.5, np.random.default_rng(run), BOX_METRICS, False))
        folder = write_run(
            root / "results", cell, rows, metrics, CLIPS, dataset_params=params,
            test_split=data.test_split, validation_split=None, frames=data.frames,
        )  # fmt: skip
        (folder / "masks").symlink_to((root / "masks").resolve())


def time_opening(page: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        print("no Chromium: opening not timed")
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        for attempt in range(3):
            tab = chromium.new_page()
            started = time.perf_counter()
            tab.goto(page.resolve().as_uri())
            tab.wait_for_selector("tbody tr")
            print(f"opened in {time.perf_counter() - started:.2f} s (attempt {attempt + 1})")
            tab.close()
        chromium.close()


if __name__ == "__main__":
    main()
