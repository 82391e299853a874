"""Running one cell: fit, predict clip by clip, and what is kept of it."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import Clip, Devices, Method, Run
from selfbench.errors import DataError
from selfbench.media.masks import read_soft_mask
from selfbench.stages.plan import Plan
from selfbench.stages.run.checking import blamed_on, checked
from selfbench.stages.run.manifest import new_manifest, supervision
from selfbench.store.cell_folder import WEIGHTS, CellStore, stored_cells
from selfbench.store.provenance import peak_memory_mb
from selfbench.training.devices import TorchDevices

T = TypeVar("T")
Advance = Callable[[int, int], None]  # (frames done, frames in all)


def run_cell(
    plan: Plan,
    results: Path,
    advance: Advance = lambda done, total: None,
    progress: Callable[[str], None] = lambda text: None,
    devices: Devices | None = None,
) -> bool:
    """Compute what is missing of one cell; return whether anything was.

    Killed at any moment, the next call continues with the first unfinished clip.

    Raises:
        SelfbenchError: the method or the data failed, or results could not be written.
    """
    store = CellStore(plan.cell.folder(results))
    if store.manifest().get("status") == "done":
        return False
    with store.locked():
        if store.manifest().get("status") == "done":  # another process was faster
            return False
        run = Run(plan.cell.seed, store.folder, devices or TorchDevices(), progress)
        manifest = _fitted(plan, results, store, run)
        splits = _clips_by_split(plan)
        clips = [clip for of_split in splits.values() for clip in of_split]
        if plan.method.needs_truth:
            truths = [plan.dataset.truth(split) for split in splits]
            run = replace(run, truth={name: t for of in truths for name, t in of.items()})
        _predict_all(plan, clips, store, run, advance, manifest)
        manifest |= {"status": "done", "peak_memory_mb": peak_memory_mb()}
        manifest["environment"]["device"] = run.devices.describe()
        store.write_manifest(manifest)
    return True


@dataclass(frozen=True)
class StoredMasks:
    """The soft masks of a teacher: read from its cell, made there where they are missing."""

    plan: Plan
    results: Path
    progress: Callable[[str], None]
    devices: Devices

    def __call__(self, clip: Clip) -> Iterator[NDArray[np.uint8]]:
        """Yield the 8-bit soft mask (H, W) of each frame of a clip."""
        store = CellStore(self.plan.cell.folder(self.results))
        if not store.has_clip(clip.name):
            with store.locked():
                run = Run(self.plan.cell.seed, store.folder, self.devices, self.progress)
                manifest = _fitted(self.plan, self.results, store, run)
                _predict_all(self.plan, [clip], store, run, lambda done, total: None, manifest)
        for name in clip.frames.names:
            yield read_soft_mask(store.masks / clip.name / f"{name}.png")


def _fitted(plan: Plan, results: Path, store: CellStore, run: Run) -> dict[str, Any]:
    """Make the method of a locked cell ready to predict; return the manifest."""
    store.sweep()
    before = store.manifest()
    if before.get("status") == "done":  # a teacher that is asked for more clips
        _prepare(plan, results, store, run)
        return before
    splits = {s: [c.name for c in of] for s, of in _clips_by_split(plan).items()}
    manifest = new_manifest(plan, splits)
    manifest["timings"].update(before.get("timings", {}))
    if not (store.folder / WEIGHTS).exists():
        before = _take_weights(plan, results, store)
    if before:  # fitted by an earlier start or for another cell, with what it says
        manifest["supervision"] = before.get("supervision", manifest["supervision"])
    store.write_manifest(manifest)
    started = time.perf_counter()
    if _prepare(plan, results, store, run):
        manifest["timings"]["fit_s"] = round(time.perf_counter() - started, 3)
        manifest["supervision"] = supervision(plan)  # as it turned out
        store.write_manifest(manifest)
    return manifest


def _take_weights(plan: Plan, results: Path, store: CellStore) -> dict[str, Any]:
    """Take the weights of a cell that was fitted in the same way; return its manifest or {}."""
    if type(plan.method).fit is Method.fit:
        return {}
    for other, manifest in _cells_of(results, plan):
        if manifest.get("fit_key") == plan.fit_key and (other.folder / WEIGHTS).exists():
            store.copy_weights(other)
            return manifest
    return {}


def _cells_of(results: Path, plan: Plan) -> Iterator[tuple[CellStore, dict[str, Any]]]:
    """Yield the cells of the same dataset and seed, whatever their method is called."""
    return stored_cells(results, lambda dataset, _: dataset == plan.cell.dataset, plan.cell.seed)


def _clips_by_split(plan: Plan) -> dict[str, list[Clip]]:
    """The clips to predict: the test split and, for the rule `val`, the validation split."""
    dataset = plan.dataset
    names = [dataset.test_split, *([dataset.validation_split] if dataset.validation_split else [])]
    splits = {name: list(dataset.clips(name)) for name in names}
    for name, clips in splits.items():
        if not clips:
            raise DataError(f"{dataset.name} has no clips in its split '{name}'.")
    return splits


def _prepare(plan: Plan, results: Path, store: CellStore, run: Run) -> bool:
    """Fit the method, or load the weights of an earlier start; return whether it was fitted."""
    method = plan.method
    if type(method).fit is Method.fit:
        return False
    weights = store.read_weights()
    if weights is not None:
        method.load_weights(weights)
        return False
    if plan.teacher:
        masks = StoredMasks(plan.teacher, results, run.progress, run.devices)
        run = replace(run, teacher=masks)
    if plan.extended:
        run = replace(run, extended=plan.extended.clips(plan.extended.train_split))
    _seed_globals(run, "fit")
    with blamed_on(method, "fit"):
        method.fit(plan.dataset.clips(plan.dataset.train_split), run)
    store.write_weights(method.weights())
    return True


def _predict_all(
    plan: Plan,
    clips: list[Clip],
    store: CellStore,
    run: Run,
    advance: Advance,
    manifest: dict[str, Any],
) -> None:
    timings = manifest["timings"]
    total = sum(len(clip.frames) for clip in clips)
    done = 0
    for clip in clips:
        if not store.has_clip(clip.name):
            started = time.perf_counter()
            # Seeded per clip, so that a run that was interrupted gives the same numbers.
            _seed_globals(run, clip.name)
            frames = checked(plan.method, clip, run, plan.post)
            store.write_clip(clip.name, _counted(frames, advance, done, total))
            spent = timings.get("predict_s", 0.0) + time.perf_counter() - started
            timings["predict_s"] = round(spent, 3)
            timings["predicted_frames"] = timings.get("predicted_frames", 0) + len(clip.frames)
            store.write_manifest(manifest)
        done += len(clip.frames)
        advance(done, total)


def _counted(items: Iterable[T], advance: Advance, done: int, total: int) -> Iterator[T]:
    for count, item in enumerate(items, 1):
        yield item
        advance(done + count, total)


def _seed_globals(run: Run, label: str) -> None:
    """Seed the global generators that a method or its libraries may use."""
    seed = int(run.rng(label).integers(2**32))
    random.seed(seed)
    np.random.seed(seed)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(seed)
