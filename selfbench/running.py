"""The run stage: fit, predict, soft masks and boxes on disk. It never sees a label."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from selfbench.contracts import Clip, Method, Prediction, Run
from selfbench.devices import Devices
from selfbench.errors import DataError, SelfbenchError
from selfbench.planning import Plan
from selfbench.provenance import environment, now, peak_memory_mb
from selfbench.store import WEIGHTS, CellStore, StoredFrame

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
        store.sweep()
        before = store.manifest()
        splits = _clips_by_split(plan)
        clips = [clip for of_split in splits.values() for clip in of_split]
        manifest = _new_manifest(plan, {s: [c.name for c in of] for s, of in splits.items()})
        manifest["timings"].update(before.get("timings", {}))
        if (store.folder / WEIGHTS).exists():  # fitted by an earlier start, with what it says
            manifest["supervision"] = before.get("supervision", manifest["supervision"])
        store.write_manifest(manifest)
        run = Run(plan.cell.seed, store.folder, progress, devices or Devices())
        timings: dict[str, float] = manifest["timings"]
        started = time.perf_counter()
        if _prepare(plan.method, plan, store, run):
            timings["fit_s"] = round(time.perf_counter() - started, 3)
            manifest["supervision"] = _supervision(plan.method)  # as it turned out
            store.write_manifest(manifest)
        if plan.method.needs_truth:
            truths = [plan.dataset.truth(split) for split in splits]
            run = replace(run, truth={name: t for of in truths for name, t in of.items()})
        _predict_all(plan.method, clips, store, run, advance, manifest)
        manifest |= {"status": "done", "peak_memory_mb": peak_memory_mb()}
        manifest["environment"]["device"] = run.devices.describe()
        store.write_manifest(manifest)
    return True


def _clips_by_split(plan: Plan) -> dict[str, list[Clip]]:
    """The clips to predict: the test split and, for the rule `val`, the validation split."""
    dataset = plan.dataset
    names = [dataset.test_split, *([dataset.validation_split] if dataset.validation_split else [])]
    splits = {name: list(dataset.clips(name)) for name in names}
    for name, clips in splits.items():
        if not clips:
            raise DataError(f"{dataset.name} has no clips in its split '{name}'.")
    return splits


def _prepare(method: Method, plan: Plan, store: CellStore, run: Run) -> bool:
    """Fit the method, or load the weights of an earlier start; return whether it was fitted."""
    if type(method).fit is Method.fit:
        return False
    weights = store.read_weights()
    if weights is not None:
        method.load_weights(weights)
        return False
    _seed_globals(run, "fit")
    with _blamed_on(method, "fit"):
        method.fit(plan.dataset.clips(plan.dataset.train_split), run)
    store.write_weights(method.weights())
    return True


def _predict_all(
    method: Method,
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
            frames = checked(method, clip, run)
            store.write_clip(clip.name, _counted(frames, advance, done, total))
            spent = timings.get("predict_s", 0.0) + time.perf_counter() - started
            timings["predict_s"] = round(spent, 3)
            timings["predicted_frames"] = timings.get("predicted_frames", 0) + len(clip.frames)
            store.write_manifest(manifest)
        done += len(clip.frames)
        advance(done, total)


def checked(method: Method, clip: Clip, run: Run) -> Iterator[StoredFrame]:
    """Yield what is stored of `method` on `clip`, refusing what is not sound.

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
            mask = np.rint(np.asarray(prediction.mask) * 255).astype(np.uint8)
            boxes = prediction.boxes, prediction.scores
            yield StoredFrame(names[count], mask, boxes, prediction.objects)
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


def _supervision(method: Method) -> list[str]:
    """What the method says it was given; what it cannot hide comes first."""
    given = ["the truth", *method.supervision] if method.needs_truth else method.supervision
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
        "identity": cell.identity,
        "changed": plan.changed,
        "splits": splits,
        "test_split": dataset.test_split,
        "validation_split": dataset.validation_split,
        "frames": dataset.frames,
        "supervision": _supervision(plan.method),
        "needs_truth": plan.method.needs_truth,
        "started": now(),
        "timings": {},
        "environment": environment(),
    }
