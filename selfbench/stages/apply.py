"""A method on somebody's own unlabelled video: masks, boxes and an overlay to look at."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import Devices, Run
from selfbench.errors import DataError, UsageError
from selfbench.media.export import export
from selfbench.media.masks import read_soft_mask
from selfbench.stages.plan import Plan
from selfbench.stages.progress import Progress
from selfbench.stages.run import run_cell
from selfbench.store.atomic import replacing, storing
from selfbench.store.cell_folder import WEIGHTS, CellStore, cell_key
from selfbench.store.digest import digest_files

WORK = ".selfbench"  # the folder of the run itself, kept, so that the same command continues


@dataclass(frozen=True)
class Applied:
    """What was written for a video."""

    output: Path
    clips: Mapping[str, int]  # name -> frames
    written: tuple[Path, ...]

    def masks(self, clip: str | None = None) -> NDArray[np.uint8]:
        """Return the soft masks (n, H, W) of a clip, 255 for certain foreground.

        Args:
            clip: its name; it can be left out where there is one.
        """
        folder = self.output / "masks" / (clip or next(iter(self.clips)))
        return np.stack([read_soft_mask(path) for path in sorted(folder.glob("*.png"))])


def trained_run(folder: Path, method: str) -> tuple[str, dict[str, str]]:
    """Return the method of a finished run and its parameters as settings.

    Raises:
        DataError: if it is none.
        UsageError: if it is of another method than `method`, where that is not empty.
    """
    manifest = CellStore(folder).manifest()
    if manifest.get("status") != "done":
        raise DataError(
            f"{folder} is not a finished run; expected a folder like results/<dataset>/<method>/"
            "<key>/seed-0 with a manifest.json."
        )
    if method and method != manifest["method"]:
        raise UsageError(
            f"{folder} is a run of {manifest['method']}, not of {method}; leave out -m."
        )
    params = manifest["params"]
    return manifest["method"], {key: str(v) for key, v in params.items() if v is not None}


def apply_plan(
    plan: Plan,
    output: Path,
    threshold: float,
    trained: Path | None,
    devices: Devices,
    progress: Progress,
) -> Applied:
    """Run a plan on the clips of its dataset and export what a person takes away.

    Args:
        plan: a method on a dataset of one's own footage.
        output: where to write.
        threshold: of the soft masks, rounded to steps of 0.05.
        trained: a finished run to take the weights from; None: the method learns from the video.
        devices: what the method computes on.
        progress: is told what happens.
    """
    work = output / WORK
    with storing(output, "--output"):  # before minutes of work
        work.mkdir(parents=True, exist_ok=True)
    if trained is not None:
        plan = _with_weights(plan, trained, work)
    store = CellStore(plan.cell.folder(work))
    with progress.bar(plan.cell.method) as (advance, show):
        ran = run_cell(plan, work, advance, show, devices)
    if not ran and (weights := store.read_weights()) is not None:
        plan.method.load_weights(weights)  # it draws without having run
    clips = plan.dataset.clips(plan.dataset.test_split)
    context = Run(plan.cell.seed, store.folder, devices)
    with progress.bar("overlay") as (advance, _):
        written = export(
            store,
            clips,
            output,
            round(threshold * 20) / 20,
            lambda clip: plan.method.marks(clip, context),
            advance,
        )
    return Applied(output, {clip.name: len(clip.frames) for clip in clips}, tuple(written))


def _with_weights(plan: Plan, trained: Path, work: Path) -> Plan:
    """Put the weights of a run where the run stage looks for them, under a key of their own."""
    source = trained / WEIGHTS
    if not source.exists():
        return plan  # a method that learns nothing
    identity = plan.cell.identity | {"weights": digest_files([source], trained)}
    cell = replace(plan.cell, key=cell_key(identity), identity=identity)
    target = cell.folder(work) / WEIGHTS
    with storing(work, "--output"), replacing(target) as part:
        shutil.copy(source, part)
    return replace(plan, cell=cell)
