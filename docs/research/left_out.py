"""How a method does on people it has not learnt from, without looking at test clips.

`python benchmarks/left_out.py --dataset fs-singles-sim --set recolour=0` trains on the first half
of the training clips and prints best-J and mAP0.5 (of the method's own box, where it gives one) on
the other half and on the validation clips, every sixth frame. Choices are made by this, and
reported on the test clips.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from selfbench.cli.progress import bar
from selfbench.contracts import Clip, Method, Run, Truth
from selfbench.errors import SelfbenchError
from selfbench.media.boxes import tight_box
from selfbench.metrics.boxes import box_iou
from selfbench.metrics.region import RegionSimilarity
from selfbench.params import parse_assignments
from selfbench.plugins.registry import Registry
from selfbench.stages.plan import data_places, plan_cells
from selfbench.training.devices import TorchDevices

EVERY = 6


def scored(
    method: Method, clips: Sequence[Clip], truth: Mapping[str, Mapping[str, Truth]], run: Run
) -> str:
    """Return best-J and mAP0.5 on `clips` as cells of a row."""
    metric, curves, hits = RegionSimilarity(), [], []
    for clip in clips:
        predictions = zip(clip.frames.names, method.predict(clip, run), strict=True)
        for i, (name, prediction) in enumerate(predictions):
            mask = truth[clip.name][name].mask
            if i % EVERY or mask is None or not mask.any():
                continue
            curves.append(metric.curve(mask, np.rint(prediction.mask * 255).astype(np.uint8)))
            if prediction.boxes is not None and len(prediction.boxes):
                hits.append(box_iou(prediction.boxes, tight_box(mask))[0, 0] > 0.5)
    own = f"{np.mean(hits):.3f}" if hits else "-"
    return f"{np.mean(curves, axis=0).max():.3f} | {own}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--method", default="proposal-is")
    parser.add_argument("--dataset", action="append", required=True)
    parser.add_argument("--seeds", type=int, default=1, help="how many, from 0")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    given = parser.parse_args()
    devices, settings = TorchDevices(), parse_assignments(given.set)
    print("| data set | seed | left out: J | mAP0.5 | val: J | mAP0.5 | training, s |")
    print("|---|---|---|---|---|---|---|")
    seeds, where = range(given.seeds), data_places(None)
    for plan in plan_cells(Registry(), [given.method], given.dataset, seeds, settings, None, where):
        data, seed = plan.dataset, plan.cell.seed
        clips = list(data.clips(data.train_split))
        half = len(clips) // 2
        with tempfile.TemporaryDirectory() as folder:
            with bar(f"{plan.cell.dataset}, seed {seed}") as (_, show):
                run, start = (
                    Run(seed, Path(folder), TorchDevices(), show, devices=devices),
                    time.perf_counter(),
                )
                plan.method.fit(clips[:half], run)
            spent = time.perf_counter() - start
            found = [
                scored(plan.method, some, data.truth(split), run)
                for some, split in (
                    (clips[half:], data.train_split),
                    (data.clips(data.validation_split), data.validation_split),
                )
            ]
        print(f"| {plan.cell.dataset} | {seed} | {' | '.join(found)} | {spent:.0f} |", flush=True)
    machine = f"{platform.machine()}, {os.cpu_count()} CPUs, {devices.describe()}"
    print(f"\n{' '.join(given.set)} {machine}, {datetime.date.today()}")


if __name__ == "__main__":
    try:
        main()
    except SelfbenchError as error:
        raise SystemExit(f"error: {error}") from error
