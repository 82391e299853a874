"""The ablation: rows × (datasets × metrics) beside the paper's numbers, and what training did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from selfbench.contracts import Ablation, Material, Record, Report, StoredRun
from selfbench.errors import DataError
from selfbench.reports import latex, markdown, verifying
from selfbench.reports.ablation_figure import draw
from selfbench.reports.layouts import BOLD
from selfbench.reports.table import Cell, Table, make_table, to_csv
from selfbench.reports.watched import LAST_STEPS, last_values, plain_record, read_watched
from selfbench.stages.row_names import without_settings

Item = TypeVar("Item", Record, StoredRun)


class AblationTable(Report):
    """One ablation: its rows beside the paper's numbers, as LaTeX, Markdown, CSV and figure."""

    name = "ablation"
    of_ablation = True

    verify = staticmethod(verifying.verify)

    def render(self, material: Material) -> Mapping[str, str | bytes]:
        """Return `ablation-NAME.tex`, `.md`, `.csv`, `.pdf` and `.png`.

        Raises:
            DataError: if the material is about no ablation, or none of its rows has scores.
        """
        ablation = _ablation_of(material)
        scored = [_on_shared_data(record, ablation) for record in material.chosen]
        runs = [_on_shared_data(run, ablation) for run in material.runs]
        points = read_watched(ablation, runs)
        beside = [*last_values(points, ablation), *published(ablation)]
        records = in_rows([*scored, *beside], ablation)
        table = make_ablation_table(ablation, records, scored)
        stem = f"ablation-{ablation.name}"
        images = draw(ablation, scored, points)
        return {
            f"{stem}.tex": latex.render(table, stem),
            f"{stem}.md": markdown.render(table),
            f"{stem}.csv": to_csv(records),
            **{f"{stem}.{kind}": image for kind, image in images.items()},
        }


def _ablation_of(material: Material) -> Ablation:
    if material.ablation is None:
        raise DataError(
            "The report 'ablation' is about one ablation; `selfbench ablate NAME --dataset D "
            "--no-run` writes it from what is finished."
        )
    if not material.chosen:
        raise DataError(
            f"No row of the ablation '{material.ablation.name}' has scores; run it without "
            "--no-run, on a dataset that has masks or boxes to compare with."
        )
    return material.ablation


def _on_shared_data(item: Item, ablation: Ablation) -> Item:
    """Rows that set something of the dataset stand in one column with those that do not."""
    row = next(row for row in ablation.rows if row.label == item.method)
    return replace(item, dataset=without_settings(item.dataset, row.data))


def in_rows(records: Sequence[Record], ablation: Ablation) -> list[Record]:
    """Return the records in the order of the ablation's rows."""
    order = [row.label for row in ablation.rows]
    return sorted(records, key=lambda record: order.index(record.method))


def published(ablation: Ablation) -> list[Record]:
    """Return the paper's own numbers as records of a dataset named after their source."""
    return [
        plain_record(row.label, ablation.published_on, metric, [value], (), "as published")
        for row in ablation.rows
        for metric, value in row.published.items()
    ]


def make_ablation_table(
    ablation: Ablation, records: Sequence[Record], scored: Sequence[Record]
) -> Table:
    """Return the table of all rows, also of those without a result; watched values have no best.

    Args:
        ablation: names rows and watched values.
        records: all numbers of the table, in the order of the rows.
        scored: those that the score stage made.
    """
    table = make_table(records)
    watched = [measure in ablation.watch for _, measure in table.columns]
    return Table(
        tuple(row.label for row in ablation.rows),
        table.columns,
        _cells(ablation, table, watched),
        tuple(None if w else d for d, w in zip(table.lower_is_better, watched, strict=True)),
        tuple(_notes(ablation, scored, any(watched))),
        caption=tuple(_caption(ablation, scored)),
        head="Setting",
    )


def _cells(
    ablation: Ablation, table: Table, watched: Sequence[bool]
) -> tuple[tuple[Cell, ...], ...]:
    cells = dict(zip(table.methods, table.cells, strict=True))
    empty = tuple(Cell() for _ in table.columns)
    lines = [cells.get(row.label, empty) for row in ablation.rows]
    return tuple(
        tuple(replace(c, place=None) if w else c for c, w in zip(line, watched, strict=True))
        for line in lines
    )


def _caption(ablation: Ablation, scored: Sequence[Record]) -> list[str]:
    bold = [BOLD["significant"]] if any(record.runs for record in scored) else []
    return [ablation.summary.rstrip("."), *make_table(scored).caption, *bold]


def _notes(ablation: Ablation, scored: Sequence[Record], is_watched: bool) -> list[str]:
    notes = [ablation.summary.rstrip("."), *make_table(scored).notes]
    notes += [f"The paper on '{row.label}': {row.paper}" for row in ablation.rows if row.paper]
    if is_watched:
        notes.append(f"{', '.join(ablation.watch)}: {LAST_STEPS}")
    done = {record.method for record in scored}
    missing = [row.label for row in ablation.rows if row.label not in done]
    if missing:
        notes.append(f"Without a result, failed or not run: {', '.join(missing)}")
    return notes
