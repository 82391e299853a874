"""The pictures of one dataset: opens it, chooses frames, draws them clip by clip."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from selfbench.contracts import Clip, Dataset, StoredRun, Truth
from selfbench.errors import SelfbenchError
from selfbench.reports.html.choosing import Choice, Mark, choose_frames
from selfbench.reports.html.curves import FrameIndex, Scores
from selfbench.reports.html.pictures import Job, draw_all
from selfbench.reports.html.runs import frame_quality
from selfbench.reports.predictions import Predictions

Pictures = dict[str, list[dict[str, Any]]]  # clip -> what the page needs of each shown frame


@dataclass
class Gallery:
    """The pictures of one dataset, or why there are none."""

    clips: Pictures = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)
    problem: str = ""


def make_gallery(
    runs: Mapping[int, Predictions],
    scores: Mapping[int, Scores],
    index: FrameIndex,
    open_dataset: Callable[[StoredRun], Dataset],
    budget: int,
) -> Gallery:
    """Draw what is worth seeing of one dataset.

    Args:
        runs: run number -> run, all on this dataset.
        scores: run number -> its frame scores.
        index: the scored frames.
        open_dataset: opens the dataset of a run as it was then.
        budget: masks over all runs.
    """
    qualities = {n: frame_quality(run, scores[n]) for n, run in runs.items()}
    quality = {n: values for n, values in qualities.items() if values is not None}
    if not quality:
        return Gallery(problem="No frame of this dataset has a score of its own.")
    numbers = list(quality)
    methods = [runs[n].method for n in numbers]
    choice = choose_frames(
        np.array(list(quality.values())),
        [methods.index(method) for method in methods],
        list(index.spans.values()),
        budget,
    )
    marks = [m._replace(run=None if m.run is None else numbers[m.run]) for m in choice.marks]
    newest = runs[numbers[-1]]
    try:
        dataset = open_dataset(newest.stored)
        shown = _shown_runs(runs, numbers, choice, newest)
        return Gallery(_draw(shown, index, dataset, newest.test_split(dataset)), marks)
    except (SelfbenchError, OSError) as error:
        return Gallery(marks=marks, problem=f"No pictures: {error}")


def _shown_runs(
    runs: Mapping[int, Predictions], numbers: Sequence[int], choice: Choice, newest: Predictions
) -> dict[int, dict[int, Predictions]]:
    """Position of each chosen frame -> the runs whose masks it shows, by their numbers.

    A run on an earlier state of the frames has masks of other pictures.
    """
    return {
        position: {
            numbers[i]: runs[numbers[i]]
            for i in sorted(members)
            if runs[numbers[i]].frames_digest == newest.frames_digest
        }
        for position, members in sorted(choice.frames.items())
    }


def _draw(
    shown: Mapping[int, Mapping[int, Predictions]], index: FrameIndex, dataset: Dataset, split: str
) -> Pictures:
    clips = {clip.name: clip for clip in dataset.clips(split)}
    truth = dataset.truth(split)
    places = index.places
    order = [position for position in shown if places[position][0] in clips]
    jobs = []
    for position in order:
        clip, frame = places[position]
        jobs.append(_job(clips[clip], frame, truth.get(clip, {}), shown[position]))
    pictures: Pictures = {}
    for position, picture in zip(order, draw_all(jobs), strict=True):
        clip = places[position][0]
        place = position - index.spans[clip].start
        pictures.setdefault(clip, []).append({"place": place, **picture})
    return pictures


def _job(
    clip: Clip, frame: str, truth: Mapping[str, Truth], runs: Mapping[int, Predictions]
) -> Job:
    place = clip.name, frame
    return Job(
        clip,
        list(clip.frames.names).index(frame),
        truth,
        {n: run.masks / clip.name for n, run in runs.items()},
        {n: run.boxes[place] for n, run in runs.items() if place in run.boxes},
        frozenset(n for n, run in runs.items() if run.are_labels),
    )
