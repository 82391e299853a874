"""CIS on DAVIS: J per sequence after every step of inference, and what a frame costs, as Markdown.

`python benchmarks/cis.py quality --seeds 3` trains without labels on all DAVIS sequences there are,
predicts the val ones, and prints J next to VideoPCA's; with `--ideal` flow is made from the truth,
and J is of all sequences, as in S3 Table 1. Trainings are ordinary cells of a run: they can be
killed and continued. `python benchmarks/cis.py time --frame IMAGE` measures the parts of one frame.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from selfbench.cli.progress import bar
from selfbench.contracts import Clip, MaskMetric, Method, Run
from selfbench.datasets.davis2016 import Davis2016
from selfbench.errors import SelfbenchError
from selfbench.media.frames import read_frame
from selfbench.media.thresholds import LEVELS
from selfbench.methods.cis import CIS
from selfbench.methods.cis.networks import Generator
from selfbench.methods.cis.settings import CISParams
from selfbench.params import parse_assignments
from selfbench.plugins.registry import Registry
from selfbench.stages.plan import Plan, data_places, plan_cells
from selfbench.stages.run import run_cell
from selfbench.store.cell_folder import CellStore
from selfbench.training.devices import TorchDevices
from selfbench.training.log import read_log
from selfbench.vision.flow.estimators import dis


class DavisAll(Davis2016):
    """DAVIS 2016, learning from all sequences without labels as the paper does, scored on val."""

    name = "davis-2016-all"
    train_split = "trainval"


class DavisAllScored(DavisAll):
    """The same, scored on all sequences: nobody holds out flow that is made from the truth."""

    name = "davis-2016-all-scored"
    test_split = "trainval"


Curves = dict[str, NDArray[np.float64]]  # by sequence: mean J at each level (19,)


def curves(method: Method, plan: Plan, run: Run, metric: MaskMetric) -> Curves:
    """Mean J of each sequence at each threshold, without its first and last frame."""
    clips = plan.dataset.clips(plan.dataset.test_split)
    truth = plan.dataset.truth(plan.dataset.test_split)
    return {clip.name: _curve(method, clip, truth[clip.name], run, metric) for clip in clips}


def _curve(
    method: Method, clip: Clip, truth: Mapping[str, object], run: Run, metric: MaskMetric
) -> NDArray[np.float64]:
    rows = []
    predictions = zip(clip.frames.names, method.predict(clip, run), strict=True)
    for t, (name, prediction) in enumerate(predictions):
        if 0 < t < len(clip.frames) - 1:
            soft = np.rint(prediction.mask * 255).astype(np.uint8)
            rows.append(metric.curve(truth[name].mask, soft))
    return np.mean(rows, axis=0)


def steps_of_inference(params: CISParams) -> dict[str, CISParams]:
    """Return what shows the masks after each step; the last is the method as it is."""
    before = {
        "pairs as in training": {"test_reach": params.reach, "smooth": 0.0, "crf": False},
        "pairs at test time": {"smooth": 0.0, "crf": False},
        "+ along flow": {"crf": False},
        "+ CRF": {},
    }
    if not params.smooth:
        del before["+ along flow"]
    if params.reach == params.test_reach:
        del before["pairs as in training"]
    return {label: params.model_copy(update=values) for label, values in before.items()}


def line(label: str, seeds: Sequence[Curves]) -> str:
    """One row: J at the best threshold of each seed, per sequence and over them, and at 0.5."""
    best = []
    for found in seeds:
        level = int(np.mean(list(found.values()), axis=0).argmax())
        best.append({name: values[level] for name, values in found.items()})
    half = int(np.abs(np.array(LEVELS) - 0.5).argmin())
    means = [np.mean(list(of.values())) for of in best]
    at_half = np.mean([np.mean([v[half] for v in found.values()]) for found in seeds])
    cells = [f"{np.mean([of[name] for of in best]):.3f}" for name in seeds[0]]
    spread = f" ± {np.std(means, ddof=1):.3f}" if len(means) > 1 else ""
    cells += [f"**{np.mean(means):.3f}**{spread}", f"{at_half:.3f}"]
    return f"| {label} | {' | '.join(cells)} |"


def quality(given: argparse.Namespace) -> None:
    registry, devices = Registry([Path(__file__)]), TorchDevices()
    metric = registry.entry("metrics", "J").load()()
    dataset = (DavisAllScored if given.ideal else DavisAll).name
    settings = {**parse_assignments(given.set)}
    if given.ideal:
        settings |= {"cis.flow": "clip", f"{dataset}.ideal_flow": "true"}
    rows: dict[str, list[Curves]] = {}
    for name in ("videopca", "cis"):
        own = settings if name == "cis" else {}
        seeds = range(given.seeds if name == "cis" else 1)
        where = data_places(None)
        for plan in plan_cells(registry, [name], [dataset], seeds, own, None, where):
            if name == "videopca":
                with tempfile.TemporaryDirectory() as folder:
                    run = Run(0, Path(folder), devices=devices)
                    rows["VideoPCA"] = [curves(plan.method, plan, run, metric)]
                continue
            with bar(f"cis, seed {plan.cell.seed}") as (advance, show):
                run_cell(plan, given.results, advance, show, devices)
            store = CellStore(plan.cell.folder(given.results))
            run = Run(plan.cell.seed, store.folder, devices=devices)
            for label, params in steps_of_inference(plan.method.params).items():
                method = CIS(params)
                method.load_weights(store.read_weights() or {})
                rows.setdefault(label, []).append(curves(method, plan, run, metric))
            print(trained(store, plan.cell.seed))
    sequences = list(next(iter(rows.values()))[0])
    print(f"\n| J | {' | '.join(sequences)} | mean | mean at 0.5 |")
    print("|---" * (len(sequences) + 3) + "|")
    print("\n".join(line(label, found) for label, found in rows.items()))


def trained(store: CellStore, seed: int) -> str:
    """What the log says of a collapse, and how long training took."""
    log = [row for row in read_log(store.folder) if row["stage"] == "adversaries"]
    last = {row["name"]: float(row["value"]) for row in log}
    region = [float(row["value"]) for row in log if row["name"] == "region"]
    minutes = store.manifest()["timings"].get("fit_s", 0.0) / 60
    return (
        f"seed {seed}: {minutes:.1f} minutes; the smaller region fills {last['region']:.3f} of an"
        f" image at the end, {min(region):.3f} at least; generator's loss {last['generator']:.2f}"
    )


def spent(function: Callable[[], object], repeats: int = 3) -> str:
    """Milliseconds on the clock and of processors, of the run that was least disturbed."""
    function()
    found = []
    for _ in range(repeats):
        wall, processor = time.perf_counter(), time.process_time()
        function()
        found.append((time.perf_counter() - wall, time.process_time() - processor))
    return " | ".join(f"{1000 * min(of):.0f}" for of in zip(*found, strict=True))


def costs(given: argparse.Namespace) -> None:
    """Milliseconds of the parts of one 854 x 480 frame; the CRF takes ten times longer on noise."""
    devices = TorchDevices()
    rng = np.random.default_rng(0)
    frame = np.asarray(cv2.resize(read_frame(given.frame), (854, 480)), np.uint8)
    other = np.roll(frame, 5, axis=1)
    print("| part | ms | CPU ms |\n|---|---|---|")
    for longest in (320, 640):
        height = round(longest * 480 / 854)
        pair = [cv2.resize(image, (longest, height)) for image in (frame, other)]
        cost = spent(lambda p=pair: dis(*p))
        print(f"| DIS flow of one pair, {longest} x {height} | {cost} |")
    for width, size in ((32, (384, 192)), (16, (192, 96))):
        network = Generator(width).eval()
        devices.place(network)
        image = torch.rand(1, 3, *size[::-1], device=devices.device)
        flow = torch.rand(1, 2, *size[::-1], device=devices.device)

        def forward(network=network, image=image, flow=flow):
            with torch.inference_mode(), devices.autocast():
                return network(image, flow).cpu()

        print(f"| generator, width {width}, {size[0]} x {size[1]} | {spent(forward)} |")
    mask = cv2.resize(rng.random((30, 53)).astype(np.float32), (854, 480))
    for iterations in (5, 50):
        method = CIS(CIS.Params(crf_iterations=iterations))
        cost = spent(lambda m=method: m.crf(854).refine_soft(frame, mask), 1)
        print(f"| dense CRF, {iterations} iterations, 854 x 480 | {cost} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("quality", "time"))
    parser.add_argument("--seeds", type=int, default=1, help="how many, from 0")
    parser.add_argument("--ideal", action="store_true", help="flow made from the truth")
    parser.add_argument("--frame", type=Path, help="time: an image such as DAVIS dog/00010.jpg")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--results", type=Path, default=Path("results"))
    given = parser.parse_args()
    if given.what == "time" and given.frame is None:
        parser.error("time needs --frame IMAGE")
    quality(given) if given.what == "quality" else costs(given)
    machine = f"{platform.machine()}, {os.cpu_count()} CPUs, {TorchDevices().describe()}"
    print(f"\n{machine}, {datetime.date.today()}")


if __name__ == "__main__":
    try:
        main()
    except SelfbenchError as error:
        raise SystemExit(f"error: {error}") from error
