"""The rows of a figure: which frames it shows, and what lies side by side in each.

The truth is read here, in the report stage; methods only draw how they decided (`Method.marks`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import (
    Boxes,
    Clip,
    Dataset,
    Image,
    Marks,
    StoredRun,
    Truth,
    no_scored_boxes,
)
from selfbench.errors import DataError, UsageError, did_you_mean
from selfbench.media.boxes import largest_component
from selfbench.media.drawing import overlay
from selfbench.media.thresholds import binarise
from selfbench.reports.predictions import Predictions

Place = tuple[str, str]  # clip and frame
DrawMarks = Callable[[StoredRun, Clip], Sequence[Marks]]


@dataclass(frozen=True)
class FigureRow:
    """One frame of a figure."""

    clip: str
    frame: str
    detection: Image  # (H, W, 3): box, dots and line of the first method
    masks: tuple[NDArray[np.uint8], ...]  # (H, W), the soft mask of each method
    truth: NDArray[np.bool_] | None  # (H, W)


def choose_frames(dataset: Dataset, split: str, count: int, named: Sequence[str]) -> list[Place]:
    """Return the frames to show.

    Args:
        dataset: whose frames.
        split: which part of it.
        count: how many evenly spaced annotated frames, if none is named.
        named: frames given as CLIP/FRAME.

    Raises:
        UsageError: for a named frame that is not there.
        DataError: if nothing is annotated and no frame is named.
    """
    if named:
        return _named_frames(dataset, split, named)
    truth = dataset.truth(split)
    annotated = [(clip, frame) for clip, frames in truth.items() for frame in sorted(frames)]
    if not annotated:
        raise DataError(
            f"{dataset.name} has no annotated frame to show; name frames with --set "
            "frames=CLIP/FRAME,..."
        )
    count = min(count, len(annotated))
    centres = (np.arange(count) + 0.5) * len(annotated) / count  # of equal parts
    return [annotated[int(centre)] for centre in centres]


def _named_frames(dataset: Dataset, split: str, named: Sequence[str]) -> list[Place]:
    clips = {clip.name: set(clip.frames.names) for clip in dataset.clips(split)}
    places = []
    for text in named:
        clip, _, frame = text.rpartition("/")
        if frame not in clips.get(clip, ()):
            hint = did_you_mean(clip, clips) if clip not in clips else ""
            raise UsageError(
                f"frames={text} is no frame of {dataset.name} {split}, expected CLIP/FRAME.{hint}"
            )
        places.append((clip, frame))
    return places


def make_rows(
    runs: Sequence[Predictions],
    dataset: Dataset,
    split: str,
    places: Sequence[Place],
    draw_marks: DrawMarks,
) -> list[FigureRow]:
    """Return a row per frame.

    Args:
        runs: whose masks are shown; box and marks are those of the first.
        dataset: that they are about.
        split: which part of it.
        places: the frames.
        draw_marks: returns what a method draws over each frame of a clip, or nothing.

    Raises:
        DataError: if a mask is missing or broken.
    """
    first = runs[0]
    clips = {clip.name: clip for clip in dataset.clips(split)}
    truth = dataset.truth(split)
    shown = {name: clips[name] for name, _ in places}
    marks = {name: draw_marks(first.stored, clip) for name, clip in shown.items()}
    rows = []
    for name, frame in places:
        index = list(clips[name].frames.names).index(frame)
        masks = tuple(run.mask(name, frame) for run in runs)
        box = _best_box(first, (name, frame), masks[0])
        drawn = marks[name][index] if marks[name] else Marks()
        nothing = np.zeros(masks[0].shape, bool)  # the mask stands in a column of its own
        detection = overlay(clips[name].frames[index], nothing, box, drawn)
        known = _true_mask(truth.get(name, {}), frame)
        rows.append(FigureRow(name, frame, detection, masks, known))
    return rows


def _best_box(run: Predictions, place: Place, mask: NDArray[np.uint8]) -> Boxes:
    """Return the best-scored box (1, 4) of the method, or that of its mask if it has none."""
    if run.boxes:
        boxes, _ = run.boxes.get(place, no_scored_boxes())
    else:
        boxes, _ = largest_component(binarise(mask, run.level), mask)
    return boxes[:1]  # best first


def _true_mask(truth: Mapping[str, Truth], frame: str) -> NDArray[np.bool_] | None:
    # Asking the truth itself whether it has a frame would load it.
    return truth[frame].mask if frame in set(truth) else None
