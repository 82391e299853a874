"""Time and size of the HTML report: `python benchmarks/html_report.py --runs 200 --frames 1400`.

Makes a results folder with 480p frames, masks and scores of so many runs (masks are links to one
set, which costs the report as much as if each run had its own), then times the command, and, where
there is a Chromium, the opening of the page until the table stands in it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sysconfig
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from selfbench.plugins.registry import Registry
from selfbench.stages.plan import data_places, open_dataset
from selfbench.stages.score.cells import load_metrics, score_info

CLIPS, SEEDS = 10, 5
RULES = {"0.5": 0.5, "best-J": 0.4, "val": 0.45}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--frames", type=int, default=1400)
    parser.add_argument("--keep", type=Path, help="Keep everything in this folder.")
    arguments = parser.parse_args()
    root = arguments.keep or Path(tempfile.mkdtemp())
    names = [f"{i:05d}" for i in range(arguments.frames // CLIPS)]
    if not (root / "results").exists():
        draw(root, names)
        fill(root, names, arguments.runs)
    script = Path(sysconfig.get_path("scripts")) / "selfbench"
    started = time.perf_counter()
    command = [script, "report", "--report", "html", "--results", root / "results"]
    subprocess.run(command, check=True)
    print(f"report: {time.perf_counter() - started:.1f} s")
    page = root / "results" / "report.html"
    print(f"page: {page.stat().st_size / 1e6:.1f} MB")
    opening(page)
    if not arguments.keep:
        shutil.rmtree(root)


def draw(root: Path, names: list[str]) -> None:
    """Frames of noise that drifts, a disc that moves, soft masks that tremble at its edge."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:480, :854]
    for c in range(CLIPS):
        texture = cv2.resize(rng.integers(0, 255, (60, 140, 3), np.uint8), (1100, 480))
        folders = [root / kind / f"clip-{c}" for kind in ("frames", "truth", "masks")]
        for folder in folders:
            folder.mkdir(parents=True)
        for t, name in enumerate(names):
            away = np.hypot(x - 427 - 200 * np.sin(t / 20 + c), y - 240)
            frame = texture[:, t % 240 : t % 240 + 854].copy()
            frame[away < 90] = (40, 60, 220)
            soft = 255 / (1 + np.exp((away - 95 + 12 * rng.standard_normal((480, 854))) / 6))
            cv2.imwrite(str(folders[0] / f"{name}.jpg"), frame)
            cv2.imwrite(str(folders[1] / f"{name}.png"), np.uint8(away < 90) * 255)
            cv2.imwrite(str(folders[2] / f"{name}.png"), soft.astype(np.uint8))


def fill(root: Path, names: list[str], runs: int) -> None:
    registry = Registry()
    settings = {"folder.path": str(root / "frames"), "folder.masks": str(root / "truth")}
    data = open_dataset(registry.entry("datasets", "folder"), settings, data_places(None))
    metrics = load_metrics(registry, ["J", "F", "mAP0.5"], type(data))
    info = json.dumps(score_info(metrics.metrics, "all", CLIPS, "key"))
    places = [(f"clip-{c}", name) for c in range(CLIPS) for name in names]
    rng = np.random.default_rng(1)
    for run in range(runs):
        method, seed = f"method-{run // SEEDS:02d}", run % SEEDS
        folder = root / "results" / "folder" / method / "0123456789ab" / f"seed-{seed}"
        folder.mkdir(parents=True)
        (folder / "masks").symlink_to(root / "masks")
        identity = {
            "dataset_params": data.params.model_dump(mode="json"),
            "frames": data.frames_fingerprint(),
        }
        manifest = {
            "status": "done", "method": method, "dataset": "folder", "key": "0123456789ab",
            "seed": seed, "identity": identity, "changed": {"method": {}, "dataset": {}},
            "started": "2026-11-01T00:00:00Z", "timings": {}, "supervision": [],
        }  # fmt: skip
        (folder / "manifest.json").write_text(json.dumps(manifest))
        columns: dict[str, list[object]] = {name: [] for name in COLUMNS}
        for metric in ("J", "F", "mAP0.5"):
            for rule, level in RULES.items():
                values = np.clip(0.5 + 0.1 * rng.standard_normal(len(places)).cumsum() / 10, 0, 1)
                values = np.rint(values) if metric == "mAP0.5" else values
                count = len(places)
                parts = (
                    [c for c, _ in places], [n for _, n in places],
                    [n in (names[0], names[-1]) for _, n in places], [metric] * count,
                    [rule] * count, [level] * count,
                    ["mask" if metric == "mAP0.5" else ""] * count, values.tolist(),
                )  # fmt: skip
                for name, part in zip(COLUMNS, parts, strict=True):
                    columns[name] += part
        table = pa.table(columns).replace_schema_metadata({"selfbench": info})
        pq.write_table(table, folder / "scores.parquet")


COLUMNS = ("clip", "frame", "end", "metric", "threshold", "level", "boxes", "value")


def opening(page: Path) -> None:
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
            tab.goto(page.as_uri())
            tab.wait_for_selector("tbody tr")
            print(f"opened in {time.perf_counter() - started:.2f} s (attempt {attempt + 1})")
            tab.close()
        chromium.close()


if __name__ == "__main__":
    main()
