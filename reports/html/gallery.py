"""The pictures of one dataset: opens it, chooses frames, draws them clip by clip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from selfbench.contracts import Clip, Dataset, Truth, Where
from selfbench.errors import SelfbenchError
from selfbench.plugins.registry import Registry
from selfbench.reports.html.choosing import Choice, Mark, choose_frames
from selfbench.reports.html.curves import FrameIndex, Scores
from selfbench.reports.html.pictures import Job, draw_all
from selfbench.reports.html.runs import ReportRun
from selfbench.stages.score.cells import dataset_of


@dataclass
class Gallery:
    """The pictures of one dataset, or why there are none."""

    clips: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)
    problem: str = ""


def make_gallery(
    runs: Mapping[int, ReportRun],
    scores: Mapping[int, Scores],
    index: FrameIndex,
    registry: Registry,
    where: Where,
    budget: int,
) -> Gallery:
    """Draw what is worth seeing of one dataset.

    Args:
        runs: run number -> run, all on this dataset.
        scores: run number -> its frame scores.
        index: the scored frames.
        registry: knows the dataset.
        where: where its frames lie.
        budget: masks over all runs.
    """
    quality = {n: q for n, run in runs.items() if (q := run.quality(scores[n])) is not None}
    if not quality:
        return Gallery(problem="No frame of this dataset has a score of its own.")
    numbers = list(quality)
    methods = [runs[n].method for n in numbers]
    choice = choose_frames(
        np.array(list(quality.values())),
        [methods.index(m) for m in methods],
        list(index.spans.values()),
        budget,
    )
    marks = [m._replace(run=None if m.run is None else numbers[m.run]) for m in choice.marks]
    try:
        newest = runs[numbers[-1]]
        data = dataset_of(newest.manifest, registry, where)
        return Gallery(_draw(runs, numbers, choice, index, data, newest), marks)
    except (SelfbenchError, OSError) as error:
        return Gallery(marks=marks, problem=f"No pictures: {error}")


def _draw(
    runs: Mapping[int, ReportRun],
    numbers: Sequence[int],
    choice: Choice,
    index: FrameIndex,
    data: Dataset,
    newest: ReportRun,
) -> dict[str, list[dict[str, Any]]]:
    split = newest.manifest.get("test_split") or data.test_split
    of = newest.manifest["identity"]["frames"]
    clips = {clip.name: clip for clip in data.clips(split)}
    truth = data.truth(split)
    places = index.places
    order = [position for position in sorted(choice.frames) if places[position][0] in clips]
    jobs = []
    for position in order:
        clip, frame = places[position]
        shown = {numbers[i]: runs[numbers[i]] for i in sorted(choice.frames[position])}
        # A run on an earlier state of the frames has masks of other pictures.
        shown = {n: run for n, run in shown.items() if run.manifest["identity"]["frames"] == of}
        jobs.append(_job(clips[clip], frame, truth.get(clip, {}), shown))
    drawn: dict[str, list[dict[str, Any]]] = {}
    for position, picture in zip(order, draw_all(jobs), strict=True):
        clip = places[position][0]
        place = position - index.spans[clip].start
        drawn.setdefault(clip, []).append({"place": place, **picture})
    return drawn


def _job(clip: Clip, frame: str, truth: Mapping[str, Truth], runs: Mapping[int, ReportRun]) -> Job:
    return Job(
        clip,
        list(clip.frames.names).index(frame),
        truth,
        {n: run.masks / clip.name for n, run in runs.items()},
        {
            n: run.boxes[clip.name, frame]
            for n, run in runs.items()
            if (clip.name, frame) in run.boxes
        },
        frozenset(n for n, run in runs.items() if run.gives_labels),
    )
