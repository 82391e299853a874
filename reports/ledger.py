"""The ledger of published numbers, and our own held against it where that is allowed.

`published.csv` holds every number of the papers' tables as printed, with what is known of its
protocol. Two numbers are compared only if dataset, frames, threshold and boxes are the same and
nothing else stands against it; otherwise the table says what does.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

from selfbench.contracts import Record
from selfbench.reports.table import DIGITS
from selfbench.stages.report.row_names import plain_name, settings_of
from selfbench.stages.report.statistics import interval

TWIN = "-sim"  # what the name of a dataset's procedural twin ends with
ABLATION = "a row of an ablation"  # how its caveat begins


class Published(NamedTuple):
    """One line of `published.csv`. An empty field is not stated, or has no counterpart here."""

    paper: str  # its key, one of `papers.SHORT_NAMES`
    table: str
    method: str  # as printed
    ours: str  # the name of our method
    settings: str  # those under which it is the paper's: preset=paper, say; space-separated
    mark: str  # s, w, d: its supervision
    dataset: str  # as printed
    data: str  # the name of our dataset
    metric: str  # as printed
    measure: str  # the name of our metric
    threshold: str
    frames: str
    boxes: str
    clips: str
    unit: str  # 1, %, s
    value: str  # as printed
    protocol: str  # in words
    caveat: str  # what makes it incomparable in any case

    @property
    def number(self) -> float:
        """The value in our unit."""
        return float(self.value) / (100 if self.unit == "%" else 1)

    @property
    def rounding(self) -> float:
        """Half a unit of the last printed digit, in our unit."""
        digits = len(self.value.partition(".")[2]) + (2 if self.unit == "%" else 0)
        return 0.5 * 10.0**-digits


class Pair(NamedTuple):
    """A published number and ours, if there is any."""

    published: Published
    record: Record | None
    obstacles: tuple[str, ...]  # why they must not be compared; empty if they may


@cache
def ledger() -> tuple[Published, ...]:
    """Return all lines of the ledger."""
    with (resources.files("selfbench.reports") / "published.csv").open(encoding="utf-8") as file:
        return tuple(Published(**line) for line in csv.DictReader(file))


def compare_with_papers(records: Sequence[Record], with_ablations: bool = False) -> list[Pair]:
    """Return what the papers report of the datasets and metrics of `records`, or of their twins.

    Numbers of methods that are ours come once per row of ours, others once.

    Args:
        records: our numbers.
        with_ablations: also the rows of the papers' ablations.
    """
    means: dict[tuple[str, str], list[Record]] = {}  # by dataset without -sim, and metric
    for record in records:
        if record.statistic == "mean":
            dataset = plain_name(record.dataset).removesuffix(TWIN)
            means.setdefault((dataset, record.metric), []).append(record)
    pairs: list[Pair] = []
    for line in ledger():
        if (line.data, line.measure) not in means:
            continue
        if line.caveat.startswith(ABLATION) and not with_ablations:
            continue
        counterparts = [
            record
            for record in means[line.data, line.measure]
            if plain_name(record.method) == line.ours
        ]
        pairs += [Pair(line, record, tuple(obstacles(line, record))) for record in counterparts]
        pairs += [] if counterparts else [Pair(line, None, ())]
    return pairs


def obstacles(line: Published, record: Record) -> list[str]:
    """Return all that forbids comparing our number with a published one."""
    reasons = []
    if plain_name(record.dataset) != line.data:
        reasons.append(f"{record.dataset} is a procedural twin, not {line.dataset}")
    elif record.dataset != line.data:
        reasons.append(f"the dataset was changed: {record.dataset}")
    if set(settings_of(record.method)) != set(line.settings.split()):
        wanted = f", the paper's is {line.settings}" if line.settings else ""
        reasons.append(f"the method was changed: {record.method}{wanted}")
    same_data = plain_name(record.dataset) == line.data
    if line.clips and int(line.clips) != record.clips and same_data:
        reasons.append(f"{record.clips} of {line.clips} clips")
    for field in ("frames", "threshold", "boxes"):
        theirs, ours = getattr(line, field), getattr(record, field)
        if theirs and theirs != ours:
            reasons.append(f"{field} {ours or 'none'}, theirs {theirs}")
    return [*reasons, *([line.caveat] if line.caveat else [])]


def verdict(pair: Pair) -> tuple[str, str]:
    """Return (difference, verdict); a verdict only where there is no obstacle."""
    line, record, against = pair
    if record is None:
        return "", "no run of ours"
    if against:
        return "", f"not comparable: {'; '.join(against)}"
    difference = record.mean - line.number
    ends = interval(record)
    if ends is None:
        return f"{difference:+.{DIGITS}f}", "comparable; too few clips for an interval"
    inside = ends[0] - line.rounding <= line.number <= ends[1] + line.rounding
    judged = "within our 95 % interval" if inside else "higher" if difference > 0 else "lower"
    return f"{difference:+.{DIGITS}f}", f"comparable: {judged}"
