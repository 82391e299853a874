"""The run stage: fit, predict, soft masks and boxes on disk. It never sees a label."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import Clip, Devices, Method, Prediction, Run
from selfbench.errors import DataError, SelfbenchError
from selfbench.media.masks import encode_mask, read_soft_mask
from selfbench.stages.plan import Plan
from selfbench.store.cell_folder import WEIGHTS, CellStore, StoredFrame, stored_cells
from selfbench.store.provenance import environment, now, peak_memory_mb
from selfbench.training.devices import TorchDevices
from selfbench.vision.refiners import Step

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
    manifest = _new_manifest(plan, splits)
    manifest["timings"].update(before.get("timings", {}))
    if not (store.folder / WEIGHTS).exists():
        before = _take_weights(plan, results, store)
    if before:  # fitted by an earlier start or for another cell, with what it says
        manifest["supervision"] = before.get("supervision", manifest["supervision"])
    store.write_manifest(manifest)
    started = time.perf_counter()
    if _prepare(plan, results, store, run):
        manifest["timings"]["fit_s"] = round(time.perf_counter() - started, 3)
        manifest["supervision"] = _supervision(plan)  # as it turned out
        store.write_manifest(manifest)
    return manifest


def _take_weights(plan: Plan, results: Path, store: CellStore) -> dict[str, Any]:
    """Take the weights of a cell that was fitted in the same way; return its manifest or {}."""
    if type(plan.method).fit is Method.fit:
        return {}
    for other, manifest in stored_cells(results, plan.cell.dataset, plan.cell.seed):
        if manifest.get("fit_key") == plan.fit_key and (other.folder / WEIGHTS).exists():
            store.copy_weights(other)
            return manifest
    return {}


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
    with _blamed_on(method, "fit"):
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


def checked(
    method: Method, clip: Clip, run: Run, post: Sequence[Step] = ()
) -> Iterator[StoredFrame]:
    """Yield what is stored of `method` on `clip`, refusing what is not sound.

    `post` is applied in order to each prediction.

    Raises:
        SelfbenchError: a mask of another size, values outside [0, 1], NaN, objects in some frames
            only, too few or too many predictions, or an exception in the method.
    """
    names = clip.frames.names
    size = clip.frames[0].shape[:2]
    count, has_objects = 0, False
    with _blamed_on(method, f"clip '{clip.name}'"):
        predictions = iter(method.predict(clip, run))
    while True:
        with _blamed_on(method, f"clip '{clip.name}'"):
            prediction = next(predictions, None)
        if prediction is None:
            break
        if count < len(names):
            problem = _problem(prediction, (size[0], size[1]))
            given = prediction.objects is not None
            if count and given is not has_objects:
                problem = f"objects in {'this frame' if given else 'the frames before'} only"
            has_objects = given
            if problem:
                raise SelfbenchError(
                    f"{method.name} returned {problem} for frame {names[count]} of clip "
                    f"'{clip.name}'; expected a soft mask {size[0]}x{size[1]} in [0, 1], boxes "
                    "(N, 4) with N scores, and object numbers (uint8) in every frame or in none."
                )
            for step in post:
                prediction = step(clip.frames[count], prediction)
            mask = np.rint(np.asarray(prediction.mask) * 255).astype(np.uint8)
            boxes = prediction.boxes, prediction.scores
            objects = None if prediction.objects is None else encode_mask(prediction.objects)
            yield StoredFrame(names[count], encode_mask(mask), boxes, objects)
        count += 1
    if count != len(names):
        raise SelfbenchError(
            f"{method.name} returned {count} predictions for clip '{clip.name}', expected one for "
            f"each of its {len(names)} frames."
        )


def _problem(prediction: Prediction, size: tuple[int, int]) -> str:
    mask, boxes, scores = prediction.mask, prediction.boxes, prediction.scores
    if np.shape(mask) != size:
        return f"a mask of shape {np.shape(mask)}"
    if not (np.min(mask) >= 0 and np.max(mask) <= 1):  # NaN fails this too
        return f"mask values from {np.min(mask):.3g} to {np.max(mask):.3g}"
    if np.ndim(boxes) != 2 or np.shape(boxes)[1] != 4 or np.shape(scores) != (len(boxes),):
        return f"boxes of shape {np.shape(boxes)} and scores of shape {np.shape(scores)}"
    if not (np.isfinite(boxes).all() and np.isfinite(scores).all()):
        return "boxes or scores that are not finite"
    objects = prediction.objects
    if objects is not None and (objects.shape != size or objects.dtype != np.uint8):
        return f"objects of shape {objects.shape} and type {objects.dtype}"
    return ""


class _blamed_on:  # noqa: N801 - reads as a phrase in `with`
    """Names the method in errors that its own code raised."""

    def __init__(self, method: Method, where: str) -> None:
        self.method, self.where = method, where

    def __enter__(self) -> None: ...

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, Exception) and not isinstance(error, (SelfbenchError, OSError)):
            raise SelfbenchError(
                f"{self.method.name} failed on {self.where}: {type(error).__name__}: {error} "
                "(--debug shows where)."
            ) from error


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


def _supervision(plan: Plan) -> list[str]:
    """What the method was given beyond raw frames, by its data and by its teacher too."""
    truth = ["the truth"] if plan.method.needs_truth else []  # it cannot hide that
    taught = _supervision(plan.teacher) if plan.teacher else []
    data = [*plan.dataset.supervision, *(plan.extended.supervision if plan.extended else ())]
    given = [*truth, *data, *plan.method.supervision, *taught]
    return list(dict.fromkeys(given))


def _new_manifest(plan: Plan, splits: dict[str, list[str]]) -> dict[str, Any]:
    cell, dataset = plan.cell, plan.dataset
    return {
        "status": "running",
        "command": sys.argv,
        "method": cell.method,
        "dataset": cell.dataset,
        "key": cell.key,
        "seed": cell.seed,
        "fit_key": plan.fit_key,
        "identity": cell.identity,
        "changed": plan.changed,
        "splits": splits,
        "test_split": dataset.test_split,
        "validation_split": dataset.validation_split,
        "frames": dataset.frames,
        "supervision": _supervision(plan),
        "needs_truth": plan.method.needs_truth,
        "started": now(),
        "timings": {},
        "environment": environment(),
    }
