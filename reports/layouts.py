"""The tables of the papers by name: which numbers they hold and how they are arranged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from selfbench.contracts import Record
from selfbench.errors import DataError
from selfbench.reports import marks
from selfbench.reports.checks import require_scores
from selfbench.reports.generations import by_generation
from selfbench.reports.table import Bold, Cell, Table, make_table
from selfbench.stages.report.row_names import plain_name
from selfbench.stages.report.statistics import FEWEST

BOLD = {
    "best": "Bold: best, underlined: second, as printed",
    "significant": (
        "Bold: ahead of every other method by more than chance (paired sign-flip test over clips, "
        f"5 %, at least {FEWEST} clips); underlined: best, but not by more than chance"
    ),
}
INTERVALS = "Brackets: 95 % bootstrap interval over clips"

UNCHANGED = "as it is"  # the row of a method of which nothing was set


@dataclass(frozen=True)
class Layout:
    """One way to print records."""

    follows: str  # the papers' tables, or what it holds
    title: str
    keep: Callable[[Record], bool] = lambda record: True
    arrange: Callable[[Table, Sequence[Record]], Table] = lambda table, records: table


def select_records(name: str, records: Sequence[Record]) -> list[Record]:
    """Return the records that belong in a layout.

    Raises:
        DataError: if none does.
    """
    require_scores(records)
    layout = LAYOUTS[name]
    kept = [record for record in records if layout.keep(record)]
    if not kept:
        raise DataError(
            f"The layout '{name}' has no number to show: there are only "
            f"{', '.join(sorted({r.metric for r in records}))}; expected {layout.title.lower()}, "
            "see --metric and `selfbench score --metric`."
        )
    return kept


def arrange(name: str, records: Sequence[Record], bold: Bold, intervals: bool) -> Table:
    """Return the table of a layout.

    Args:
        name: of the layout.
        records: those that belong in it.
        bold: what is marked as the best.
        intervals: print them behind the numbers.

    Raises:
        DataError: if they cannot be arranged like this, saying what is missing.
    """
    layout = LAYOUTS[name]
    table = make_table(records, bold, intervals)
    caption = [*table.caption, *([BOLD[bold]] if len(table.methods) > 1 else [])]
    caption += [INTERVALS] if intervals else []
    title = f"{layout.title} on {', '.join(dataset for dataset, _ in table.groups())}"
    return layout.arrange(replace(table, title=title, caption=tuple(caption)), records)


def describe_layouts() -> str:
    """Return all layouts in one phrase, each with the tables that it follows."""
    return ", ".join(f"{name} ({layout.follows})" for name, layout in LAYOUTS.items())


def _with_marks(table: Table, records: Sequence[Record]) -> Table:
    """Mark each method, and say below what the marks mean and what it was given."""
    by_name = {record.method: record for record in records}
    names = tuple(marks.marked(by_name[name]) for name in table.methods)
    listed = [
        f"{name} was given: {', '.join(record.supervision)}"
        for name, record in by_name.items()
        if record.supervision
    ]
    return replace(table, methods=names, notes=(*table.notes, *marks.rules(records), *listed))


def _with_notes(table: Table, records: Sequence[Record]) -> Table:
    """Leave names as they are, and say below what their marks would."""
    return replace(table, notes=(*table.notes, *marks.in_words(records)))


def _side_by_side(table: Table, records: Sequence[Record]) -> Table:
    return replace(_with_marks(table, records), by_dataset=True)


def _settings(table: Table, records: Sequence[Record]) -> Table:
    """Name rows by what was changed; by the method too where there are several."""
    changes = {r.method: ", ".join(f"{k}={v}" for k, v in r.changed) for r in records}
    several = len(set(map(plain_name, table.methods))) > 1
    names = [
        f"{plain_name(name)}: {changes[name] or UNCHANGED}"
        if several
        else changes[name] or UNCHANGED
        for name in table.methods
    ]
    # Rows that differ in source or seed alone keep the names that tell them apart.
    unique = len(set(names)) == len(names)
    return replace(table, methods=tuple(names) if unique else table.methods, head="Setting")


def _transposed(table: Table, records: Sequence[Record]) -> Table:
    """Datasets in rows and methods in columns; the last row says what needed labels."""
    letters = {r.method: marks.letter(r.supervision) for r in records}
    arrows = {True: " ↓", False: " ↑", None: ""}
    rows = [
        f"{dataset} {measure}{arrows[lower]}"
        for (dataset, measure), lower in zip(table.columns, table.lower_is_better, strict=True)
    ]
    words = {"s": "no", "w": "yes", "d": "yes", "": "–"}
    labels = tuple(Cell(words=words[letters[name]]) for name in table.methods)
    return replace(
        table,
        methods=(*rows, "Trained with labels"),
        columns=tuple(("", name) for name in table.methods),
        cells=(*zip(*table.cells, strict=True), labels),
        lower_is_better=(None,) * len(table.methods),
        head="Dataset",
    )


LAYOUTS = {
    "comparison": Layout("all numbers, methods in rows", "Comparison", arrange=_with_notes),
    "segmentation": Layout(
        "measures of masks, as Katircioglu et al. 2022, Table 1, and Katircioglu et al. 2020, "
        "Table 2",
        "Segmentation",
        lambda record: not record.boxes,
        _with_marks,
    ),
    "detection": Layout(
        "measures of boxes, as Katircioglu et al. 2022, Table 5",
        "Detection",
        lambda record: bool(record.boxes),
        _side_by_side,
    ),
    "ablation": Layout(
        "rows named by what was set, as Katircioglu et al. 2022, Tables 3 and 4",
        "Ablation",
        arrange=_settings,
    ),
    "benchmarks": Layout(
        "datasets in rows, as Yang et al. 2019, Table 2", "Benchmarks", arrange=_transposed
    ),
    "generations": Layout(
        "a row per generation of student-teacher, as Croitoru et al. 2019, Tables 1 to 3",
        "Generations",
        arrange=by_generation,
    ),
}
