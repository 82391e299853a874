"""The ledger of published numbers, and our own held against it where that is allowed.

`published.csv` holds every number of the tables of S0 to S4 as printed, with what is known of its
protocol. Two numbers are compared only if dataset, frames, threshold and boxes are the same and
nothing else stands against it; otherwise the table says what does.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import pandas as pd

from selfbench.contracts import Record
from selfbench.reports import latex, markdown
from selfbench.reports.statistics import interval
from selfbench.reports.table import DIGITS

TWIN = "-sim"
ABLATION = "a row of an ablation"  # how its caveat begins


class Published(NamedTuple):
    """One line of `published.csv`. An empty field is not stated, or has no counterpart here."""

    paper: str  # S0 to S4
    table: str
    method: str  # as printed
    ours: str  # the name of our method
    mark: str  # s, w, d as in S1
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


class Beside(NamedTuple):
    """A published number and ours, if there is any."""

    published: Published
    record: Record | None
    obstacles: tuple[str, ...]  # why they must not be compared; empty if they may


@cache
def ledger() -> tuple[Published, ...]:
    """Return all lines of the ledger."""
    with (resources.files("selfbench.reports") / "published.csv").open(encoding="utf-8") as file:
        return tuple(Published(**line) for line in csv.DictReader(file))


def beside(records: Sequence[Record], with_ablations: bool = False) -> list[Beside]:
    """Return what the papers report of the datasets and metrics of `records`, or of their twins.

    Numbers of methods that are ours come once per row of ours, others once.
    """
    means = [record for record in records if record.statistic == "mean"]
    shown = {(plain(r.dataset).removesuffix(TWIN), r.metric) for r in means}
    found = []
    for line in ledger():
        if (line.data, line.measure) not in shown:
            continue
        if line.caveat.startswith(ABLATION) and not with_ablations:
            continue
        of = [
            r
            for r in means
            if (plain(r.dataset).removesuffix(TWIN), r.metric) == (line.data, line.measure)
            and plain(r.method) == line.ours
        ]
        found += [Beside(line, r, tuple(obstacles(line, r))) for r in of]
        found += [] if of else [Beside(line, None, ())]
    return found


def plain(name: str) -> str:
    """Return a row's name without [changed parameters]."""
    return name.partition(" [")[0]


def obstacles(line: Published, record: Record) -> list[str]:
    """Return all that forbids comparing our number with a published one."""
    found = []
    if plain(record.dataset) != line.data:
        found.append(f"{record.dataset} is a procedural twin, not {line.dataset}")
    elif record.dataset != line.data:
        found.append(f"the dataset was changed: {record.dataset}")
    if record.method != line.ours:
        found.append(f"the method was changed: {record.method}")
    if line.clips and int(line.clips) != record.clips and plain(record.dataset) == line.data:
        found.append(f"{record.clips} of {line.clips} clips")
    for field in ("frames", "threshold", "boxes"):
        theirs, own = getattr(line, field), getattr(record, field)
        if theirs and theirs != own:
            found.append(f"{field} {own or 'none'}, theirs {theirs}")
    return [*found, *([line.caveat] if line.caveat else [])]


def verdict(pair: Beside) -> tuple[str, str]:
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


HEADS = ("Paper", "Method", "Dataset", "Metric", "Published", "Ours", "Difference", "Verdict")


def print_ledger(pairs: Sequence[Beside], name: str, standalone: bool) -> dict[str, str]:
    """Return the table as `name`.md, .tex and .csv."""
    rows = [_row(pair) for pair in pairs]
    if not rows:
        text = "The papers S0 to S4 report no number on these datasets with these metrics.\n"
        return {f"{name}.md": text}
    texts = [[markdown.escape(text) for text in row] for row in rows]
    return {
        f"{name}.md": markdown.grid([list(HEADS), *texts]) + "\n",
        f"{name}.tex": _latex(rows, name, standalone),
        f"{name}.csv": str(pd.DataFrame([_flat(pair) for pair in pairs]).to_csv(index=False)),
    }


def _row(pair: Beside) -> list[str]:
    line, record, _ = pair
    difference, judged = verdict(pair)
    ours = "" if record is None else f"{record.mean:.{DIGITS}f} ({record.method})"
    value = f"{line.value} %" if line.unit == "%" else line.value
    return [f"{line.paper} {line.table}", line.method, line.dataset, line.metric, value, ours,
            difference, judged]  # fmt: skip


def _flat(pair: Beside) -> dict[str, Any]:
    line, record, _ = pair
    difference, judged = verdict(pair)
    own = {} if record is None else {
        "our_method": record.method, "our_dataset": record.dataset, "our_mean": record.mean,
        "runs": " ".join(record.runs),
    }  # fmt: skip
    return {**line._asdict(), **own, "difference": difference, "verdict": judged}


def _latex(rows: Sequence[Sequence[str]], name: str, standalone: bool) -> str:
    body = [" & ".join(map(latex.escape, row)) + r" \\" for row in rows]
    lines = [
        r"% needs \usepackage{booktabs,graphicx}",
        r"\begin{table}[htbp]",
        r"\centering",
        r"\caption{Published numbers beside ours; a difference only where data and protocol are "
        r"the same.}",
        rf"\label{{tab:{name}}}",
        r"\vspace{1ex}",
        r"\resizebox{\linewidth}{!}{%",
        r"\begin{tabular}{llllrlrp{7cm}}",
        r"\toprule",
        " & ".join(HEADS) + r" \\",
        r"\midrule",
        *body,
        r"\bottomrule",
        r"\end{tabular}}",
        r"\end{table}",
    ]
    text = "\n".join(lines) + "\n"
    return latex.document(text, len(rows)) if standalone else text
