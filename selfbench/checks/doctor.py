"""The dataset doctor: reads every frame and every annotation once and says what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np

from selfbench.checks.duplicates import Fingerprints, fingerprint, near_pairs
from selfbench.contracts import Clip, Count, Dataset, Truth
from selfbench.errors import DataError, SelfbenchError
from selfbench.media.frames import IMAGE_SUFFIXES, list_images
from selfbench.plugins.workers import spread

CHUNK = 32  # frames per task
Severity = Literal["error", "warning"]
# Kind -> how bad it is, and what to do about it. Errors make numbers wrong or runs fail.
KINDS: Mapping[str, tuple[Severity, str]] = {
    "cannot be read": ("error", "copy or unpack it again"),
    "differs from the published count": ("error", "unpack the archive again, or report a part"),
    "has a box without area in the image": ("error", "mend or remove the annotation"),
    "has a box that reaches outside the image": ("warning", "scoring cuts it at the border"),
    "has an empty mask": ("warning", "J is 1 there only for an empty prediction"),
    "is used by no split": ("warning", "remove it, if it is no part of the dataset"),
    "is the same image in train and test": ("error", "remove it from one of them"),
    "looks the same in train and test": ("warning", "see whether it is the same scene"),
}


class Finding(NamedTuple):
    """One thing that is wrong."""

    kind: str  # one of `KINDS`
    where: str  # clip/frame, a file, or a split
    detail: str = ""


@dataclass(frozen=True)
class Checkup:
    """What the doctor says of one dataset."""

    dataset: str
    counts: Mapping[str, Count]  # by split, of this copy
    findings: Sequence[Finding]
    frames_fingerprint: str  # as in the manifest of every run; empty if it cannot be made
    truth_fingerprint: str

    @property
    def errors(self) -> list[Finding]:
        """The findings that make numbers wrong or runs fail."""
        return [f for f in self.findings if KINDS[f.kind][0] == "error"]


@dataclass(frozen=True)
class _Task:
    clip: Clip
    indices: range
    truth: Mapping[str, Truth]


@dataclass
class _Part:
    """What one task gives."""

    findings: list[Finding] = field(default_factory=list)
    prints: list[Fingerprints] = field(default_factory=list)
    names: list[str] = field(default_factory=list)


def check_dataset(
    dataset: Dataset, workers: int, advance: Callable[[int, int], None] = lambda done, total: None
) -> Checkup:
    """Read all of `dataset` and return what is wrong with it.

    Args:
        dataset: opened, not yet read.
        workers: processes.
        advance: called with (frames done, frames in all).

    Raises:
        DataError: if it is not there at all.
    """
    dataset.location()
    findings: list[Finding] = []
    counts: dict[str, Count] = {}
    tasks: dict[str, list[_Task]] = {}
    read_clips: set[str] = set()
    for split in _splits(dataset):
        try:
            clips, truth = dataset.clips(split), dataset.truth(split)
            counts[split] = _count(clips, truth)
        except SelfbenchError as error:
            findings.append(Finding("cannot be read", split, str(error)))
            continue
        findings += _miscounted(split, counts[split], dataset.expected(split))
        # A clip of several splits, as of trainval, is read once.
        tasks[split] = list(_tasks([clip for clip in clips if clip.name not in read_clips], truth))
        read_clips |= {clip.name for clip in clips}
    findings += _superfluous(dataset)
    parts = _work(tasks, workers, advance)
    for part in parts.values():
        findings += part.findings
    findings += _shared(dataset, parts)
    return Checkup(
        dataset.name,
        counts,
        findings,
        _or_empty(dataset.frames_fingerprint),
        _or_empty(dataset.truth_fingerprint),
    )


def _splits(dataset: Dataset) -> list[str]:
    """Return the splits that counts are known of, and those that are run."""
    used = (dataset.train_split, dataset.validation_split, dataset.test_split)
    known = [split for split in dataset.counts if dataset.holds(split)]
    return list(dict.fromkeys([*known, *(split for split in used if split)]))


def _count(clips: Sequence[Clip], truth: Mapping[str, Mapping[str, Truth]]) -> Count:
    frames = sum(len(clip.frames) for clip in clips)
    return Count(len(clips), frames, sum(map(len, truth.values())))


def _miscounted(split: str, counted: Count, expected: Count) -> Iterator[Finding]:
    for what, count, published in zip(Count._fields, counted, expected, strict=True):
        if published is not None and count != published:
            text = f"{what}: {count}, published: {published}"
            yield Finding("differs from the published count", split, text)


def _superfluous(dataset: Dataset) -> Iterator[Finding]:
    """Find images beside those that are used."""
    try:
        used = set(dataset.files())
    except SelfbenchError:
        return  # the splits have said what is wrong
    for folder in sorted({path.parent for path in used if path.suffix.lower() in IMAGE_SUFFIXES}):
        for path in list_images(folder):
            if path not in used:
                yield Finding("is used by no split", str(path))


def _tasks(clips: Iterable[Clip], truth: Mapping[str, Mapping[str, Truth]]) -> Iterator[_Task]:
    for clip in clips:
        bounds = [*range(0, len(clip.frames), CHUNK), len(clip.frames)]
        for start, stop in pairwise(bounds):
            yield _Task(clip, range(start, stop), truth.get(clip.name, {}))


def _work(
    tasks: Mapping[str, Sequence[_Task]], workers: int, advance: Callable[[int, int], None]
) -> dict[str, _Part]:
    parts: dict[str, _Part] = {}
    done, total = 0, sum(len(task.indices) for group in tasks.values() for task in group)
    for split, split_tasks in tasks.items():
        merged = parts[split] = _Part()
        for task, part in zip(split_tasks, spread(_examine, split_tasks, workers), strict=True):
            merged.findings += part.findings
            merged.prints += part.prints
            merged.names += part.names
            done += len(task.indices)
            advance(done, total)
    return parts


def _examine(task: _Task) -> _Part:
    part = _Part()
    names = task.clip.frames.names
    annotated = set(task.truth)  # asking the truth whether it has a frame would load it
    for index in task.indices:
        where = f"{task.clip.name}/{names[index]}"
        size: tuple[int, int] | None = None
        try:
            frame = task.clip.frames[index]
            size = (frame.shape[0], frame.shape[1])
            part.prints.append(fingerprint(frame))
            part.names.append(where)
            if names[index] in annotated:
                part.findings += _annotation(where, task.truth[names[index]], size)
        except DataError as error:
            part.findings.append(Finding("cannot be read", where, str(error)))
    return part


def _annotation(where: str, truth: Truth, size: tuple[int, int]) -> Iterator[Finding]:
    if truth.mask is not None and truth.mask.shape != size:
        text = f"its mask has shape {truth.mask.shape}, the frame {size}"
        yield Finding("cannot be read", where, text)
    elif truth.mask is not None and not truth.mask.any():
        yield Finding("has an empty mask", where)
    height, width = size
    for box in () if truth.boxes is None else truth.boxes:
        inside = np.clip(box, 0, [width, height, width, height])
        text = f"{', '.join(f'{v:g}' for v in box)} in {width} x {height}"
        if not (np.isfinite(box).all() and inside[2] > inside[0] and inside[3] > inside[1]):
            yield Finding("has a box without area in the image", where, text)
        elif (inside != box).any():
            yield Finding("has a box that reaches outside the image", where, text)


def _shared(dataset: Dataset, parts: Mapping[str, _Part]) -> Iterator[Finding]:
    """Find images of the test split that are in the training split too, exactly or nearly."""
    train, test = parts.get(dataset.train_split), parts.get(dataset.test_split)
    if not train or not test or {*train.names} & {*test.names}:
        return  # trains and tests on the same clips by design
    for in_train, in_test, same in near_pairs(train.prints, test.prints):
        kind = "is the same image in train and test"
        if not same:
            kind = "looks the same in train and test"
        text = f"as {train.names[in_train]} of {dataset.train_split}"
        yield Finding(kind, test.names[in_test], text)


def _or_empty(fingerprint: Callable[[], str]) -> str:
    try:
        return fingerprint()
    except SelfbenchError:
        return ""  # the splits have said what is wrong
