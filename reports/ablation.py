"""The ablation: rows × (datasets × metrics) beside the paper's numbers, and what training did."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from selfbench.contracts import Ablation, AblationReport, AblationResult, Record
from selfbench.reports import latex, markdown
from selfbench.reports.ablation_figure import draw
from selfbench.reports.layouts import BOLD
from selfbench.reports.table import Cell, Table, make_table, to_csv

LAST = 0.1  # share of the training over which a watched value is averaged for the table


class AblationTable(AblationReport):
    """One ablation: its rows beside the paper's numbers, as LaTeX, Markdown, CSV and figure."""

    name = "ablation"

    def render(self, result: AblationResult) -> dict[str, str | bytes]:
        """Return `ablation-NAME.tex`, `.md`, `.csv`, `.pdf` and `.png`."""
        ablation = result.ablation
        extra = [*ends(result), *published(ablation)]
        records = in_rows([*result.records, *extra], ablation)
        table = _table(records, result)
        stem = f"ablation-{ablation.name}"
        return {
            f"{stem}.tex": latex.render(table, stem),
            f"{stem}.md": markdown.render(table),
            f"{stem}.csv": to_csv(records),
            **{f"{stem}.{kind}": image for kind, image in draw(result).items()},
        }


def in_rows(records: Sequence[Record], ablation: Ablation) -> list[Record]:
    """Return the records in the order of the ablation's rows."""
    order = [row.label for row in ablation.rows]
    return sorted(records, key=lambda record: order.index(record.method))


def ends(result: AblationResult) -> list[Record]:
    """Return the watched values at the end of training, as records."""
    found: dict[tuple[str, str, str], dict[int, list[tuple[int, float]]]] = {}
    for point in result.log:
        of = found.setdefault((point.row, point.dataset, point.name), {})
        of.setdefault(point.seed, []).append((point.step, point.value))
    records = []
    watch = result.ablation.watch
    for (row, dataset, name), seeds in sorted(found.items(), key=lambda of: watch.index(of[0][2])):
        values = []
        for points in seeds.values():
            begin = max(step for step, _ in points) * (1 - LAST)
            values.append(float(np.mean([value for step, value in points if step >= begin])))
        protocol = f"as logged, mean of the last {LAST:.0%} of the training steps"
        records.append(_record(row, dataset, name, values, tuple(seeds), protocol))
    return records


def published(ablation: Ablation) -> list[Record]:
    """Return the paper's own numbers as records of a data set named after their source."""
    return [
        _record(row.label, ablation.published_on, metric, [value], (), "as published")
        for row in ablation.rows
        for metric, value in row.published.items()
    ]


def _record(
    row: str, dataset: str, name: str, values: Sequence[float], seeds: tuple[int, ...], how: str
) -> Record:
    return Record(
        method=row, dataset=dataset, metric=name, statistic="mean", threshold="", frames="all",
        boxes="", mean=float(np.mean(values)),
        std=statistics.stdev(values) if len(values) > 1 else None, seeds=seeds, clips=0, keys=(),
        levels=(), usual_threshold=True, usual_frames=True, usual_boxes=True,
        lower_is_better=False, protocol=how,
    )  # fmt: skip


def _table(records: Sequence[Record], result: AblationResult) -> Table:
    """The table of all rows, also of those without a result; watched values have no best."""
    ablation = result.ablation
    table = make_table(records)
    cells = dict(zip(table.methods, table.cells, strict=True))
    empty = tuple(Cell() for _ in table.columns)
    watched = [measure in ablation.watch for _, measure in table.columns]
    rows = [
        [replace(cell, place=None) if w else cell for cell, w in zip(of, watched, strict=True)]
        for of in (cells.get(row.label, empty) for row in ablation.rows)
    ]
    labels = tuple(row.label for row in ablation.rows)
    summary = ablation.summary.rstrip(".")
    caption = [summary, *make_table(result.records).caption]
    caption += [BOLD["significant"]] if any(record.runs for record in result.records) else []
    notes = [summary, *make_table(result.records).notes]
    notes += [f"The paper on '{row.label}': {row.paper}" for row in ablation.rows if row.paper]
    if any(watched):
        names = ", ".join(ablation.watch)
        notes.append(f"{names}: as logged, mean of the last {LAST:.0%} of the training steps")
    done = {record.method for record in result.records}
    missing = [label for label in labels if label not in done]
    if missing:
        notes.append(f"Without a result, failed or not run: {', '.join(missing)}")
    directions = [None if w else d for d, w in zip(table.lower_is_better, watched, strict=True)]
    return Table(
        labels, table.columns, tuple(map(tuple, rows)), tuple(directions), tuple(notes),
        caption=tuple(caption), head="Setting",
    )  # fmt: skip
