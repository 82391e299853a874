"""`report`, `stored` and `verify`: what reads results."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from selfbench.api.context import (
    RESULTS,
    Names,
    Place,
    Plugins,
    Settings,
    as_list,
    make_context,
)
from selfbench.contracts import Checked
from selfbench.errors import DataError
from selfbench.stages.report.aggregate import stored_record
from selfbench.stages.report.protocol import Asked
from selfbench.stages.report.writing import ReportFiles, gather, report_kind, write_report
from selfbench.stages.results import Results


def report(
    name: str | None = None,
    *,
    method: Names | None = None,
    dataset: Names | None = None,
    metric: Names | None = None,
    statistic: str = "mean",
    threshold: str | None = None,
    frames: str | None = None,
    settings: Settings | None = None,
    output: Place | None = None,
    device: str | None = None,
    devices: int | None = None,
    plugin: Plugins = (),
    data_root: Place | None = None,
    results: Place = RESULTS,
) -> ReportFiles:
    """Write tables, figures or a page of whatever results exist.

    Args:
        name: of the report; None: the table of methods against datasets and metrics.
        method: names of methods, whose order rows keep; None: all.
        dataset: names of datasets; None: all.
        metric: names of metrics, whose order columns keep; None: all that are scored.
        statistic: mean, recall, decay or a wildcard.
        threshold: best-J, val, 0.5 or a wildcard; None: as in the datasets' papers.
        frames: all, skip-ends or a wildcard; None: the datasets' own convention.
        settings: options of the report; `selfbench list NAME` shows them.
        output: folder to write to; None: `results`.
        device: on which methods draw how they decided; the rest as for `run`.

    Raises:
        DataError: if nothing matches, or the report cannot show it.
        UsageError: for an unknown report or a refused option.
    """
    found = stored(
        method=method,
        dataset=dataset,
        metric=metric,
        device=device,
        devices=devices,
        plugin=plugin,
        data_root=data_root,
        results=results,
    )
    kind = report_kind(found.source.registry, name, dict(settings or {}))
    asked = Asked(statistic, threshold, frames)
    place = None if output is None else Path(output)
    return write_report(kind, found.material, asked, found.source, place)


def stored(
    *,
    method: Names | None = None,
    dataset: Names | None = None,
    metric: Names | None = None,
    device: str | None = None,
    devices: int | None = None,
    plugin: Plugins = (),
    data_root: Place | None = None,
    results: Place = RESULTS,
) -> Results:
    """Return what lies below `results`; arguments as for `report`. Nothing is computed."""
    context = make_context(plugin, data_root, results, None, device, devices)
    chosen = (as_list(method) or None, as_list(dataset) or None, as_list(metric) or None)
    return Results(gather(context.source, *chosen), context.source)


def verify(
    table: Place,
    *,
    name: str | None = None,
    plugin: Plugins = (),
    results: Place = RESULTS,
) -> Sequence[Checked]:
    """Hold every cell of a printed table against the stored scores.

    Args:
        table: a .tex file that `report` wrote.
        name: of that report; None: the table of methods against datasets and metrics.

    Raises:
        DataError: if the file cannot be read or does not say where its cells come from.
    """
    context = make_context(plugin, results=results)
    try:
        text = Path(table).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            f"{table} cannot be read as text ({error}); expected a .tex file that `selfbench "
            "report` wrote."
        ) from error
    kind = report_kind(context.registry, name, {})
    return kind.verify(text, stored_record(Path(results)))
