"""What a figure of results shows: frames, what was found in them, and the truth.

The truth is read here, in the report stage; methods only draw how they decided (`Method.marks`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import Clip, Dataset, Image, Marks, Method, Run, no_boxes
from selfbench.errors import DataError, UsageError, did_you_mean
from selfbench.media.boxes import largest_component
from selfbench.media.drawing import overlay
from selfbench.media.masks import read_soft_mask
from selfbench.media.thresholds import binarise
from selfbench.params import build
from selfbench.plugins.registry import Registry
from selfbench.stages.aggregate import row_name
from selfbench.stages.score.cells import read_columns
from selfbench.store.cell_folder import CellStore, stored_cells
from selfbench.training.devices import TorchDevices

Place = tuple[str, str]  # clip and frame


@dataclass(frozen=True)
class FigureRow:
    """One frame of a figure."""

    clip: str
    frame: str
    detection: Image  # (H, W, 3): box, dots and line of the first method
    masks: tuple[NDArray[np.uint8], ...]  # (H, W), the soft mask of each method
    truth: NDArray[np.bool_] | None  # (H, W)


@dataclass(frozen=True)
class Shown:
    """A finished run whose predictions are shown."""

    store: CellStore
    manifest: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The row's name in a table."""
        return row_name(self.manifest)[1]

    @property
    def level(self) -> float:
        """The threshold of the papers, best on the evaluation set, or 0.5 before it is scored."""
        columns, _ = read_columns(self.store.folder)
        of = [] if columns is None else list(columns.series())
        return next((s.level for s in of if s.threshold.startswith("best-")), 0.5)


def choose_frames(dataset: Dataset, count: int, wanted: Sequence[str]) -> list[Place]:
    """Return `wanted`, given as CLIP/FRAME, or `count` evenly spaced annotated test frames.

    Raises:
        UsageError: for a frame that is not there.
        DataError: if nothing is annotated and no frame is wanted.
    """
    if wanted:
        clips = {clip.name: set(clip.frames.names) for clip in dataset.clips(dataset.test_split)}
        places = [(text.rpartition("/")[0], text.rpartition("/")[2]) for text in wanted]
        for clip, frame in places:
            if frame not in clips.get(clip, ()):
                hint = did_you_mean(clip, clips) if clip not in clips else ""
                raise UsageError(
                    f"--frame {clip}/{frame} is no frame of {dataset.name} {dataset.test_split}, "
                    f"expected CLIP/FRAME.{hint}"
                )
        return places
    truth = dataset.truth(dataset.test_split)
    known = [(clip, frame) for clip, frames in truth.items() for frame in sorted(frames)]
    if not known:
        raise DataError(
            f"{dataset.name} has no annotated frame to show; name frames with --frame CLIP/FRAME."
        )
    steps = (np.arange(min(count, len(known))) + 0.5) * len(known) / min(count, len(known))
    return [known[int(step)] for step in steps]


def make_rows(
    runs: Sequence[Shown],
    dataset: Dataset,
    places: Sequence[Place],
    registry: Registry,
    devices: TorchDevices,
) -> list[FigureRow]:
    """Return a row per frame; the first of `runs` is the one whose boxes and marks are drawn."""
    clips = {clip.name: clip for clip in dataset.clips(dataset.test_split)}
    truth = dataset.truth(dataset.test_split)
    drawn = _marks(runs[0], clips, places, registry, devices)
    own, level = runs[0].store.boxes(), runs[0].level
    rows = []
    for clip, name in places:
        frame = clips[clip].frames[list(clips[clip].frames.names).index(name)]
        masks = tuple(read_soft_mask(run.store.masks / clip / f"{name}.png") for run in runs)
        mask = binarise(masks[0], level)
        found = own.get((clip, name)) if own else largest_component(mask, masks[0])
        boxes = found[0][:1] if found is not None else no_boxes()  # the best-scored one
        marks = drawn.get((clip, name), Marks())
        known = truth.get(clip, {})
        true = known[name].mask if name in set(known) else None
        rows.append(
            FigureRow(clip, name, overlay(frame, np.zeros_like(mask), boxes, marks), masks, true)
        )
    return rows


def _marks(
    shown: Shown,
    clips: Mapping[str, Clip],
    places: Sequence[Place],
    registry: Registry,
    devices: TorchDevices,
) -> dict[Place, Marks]:
    """Return what the method draws over the frames, from its stored weights."""
    identity = shown.manifest["identity"]
    if "params" not in identity:
        return {}  # masks from elsewhere
    kind: type[Method] = registry.entry("methods", identity["method"]).load()
    if kind.marks is Method.marks:
        return {}
    method = kind(build(kind.Params, identity["params"], kind.name))
    if (weights := shown.store.read_weights()) is not None:
        method.load_weights(weights)
    run = Run(shown.manifest["seed"], shown.store.folder, devices=devices)
    found = {}
    for name in dict.fromkeys(clip for clip, _ in places):
        wanted = {frame for clip, frame in places if clip == name}
        for frame, marks in zip(clips[name].frames.names, method.marks(clips[name], run)):  # noqa: B905
            if frame in wanted:
                found[name, frame] = marks
                wanted.remove(frame)
            if not wanted:
                break
    return found


def newest_runs(results: Path, dataset: str, methods: Sequence[str], seed: int) -> list[Shown]:
    """Return the newest finished run of each method with `seed`, in the order of `methods`.

    Names are those of a table's rows: `videopca` or, in quotes, `videopca [components=5]`.

    Raises:
        DataError: if a method has none, or the runs are of different versions of the dataset.
    """
    latest: dict[str, Shown] = {}
    for store, manifest in stored_cells(results):
        if manifest.get("status") != "done" or manifest["seed"] != seed:
            continue
        of, method = row_name(manifest)
        before = latest.get(method)
        if of == dataset and (not before or before.manifest["started"] <= manifest["started"]):
            latest[method] = Shown(store, manifest)
    for method in methods or (["videopca"] if not latest else []):
        if method not in latest:
            known = ", ".join(sorted(latest)) or "none"
            raise DataError(
                f"There is no finished run of {method} on {dataset} with seed {seed} below "
                f"{results} (there are: {known}); `selfbench run --method {method} --dataset "
                f"{dataset} --seed {seed}` makes one."
            )
    runs = [latest[method] for method in methods or sorted(latest)]
    if len({run.manifest["identity"]["frames"] for run in runs}) > 1:
        raise DataError(
            f"The runs of {', '.join(methods or sorted(latest))} are of different versions of "
            f"{dataset}; run them again, or name those of one version with --method."
        )
    return runs
