"""`selfbench report`: tables and figures from whatever results exist."""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from selfbench.cli.options import (
    DEFAULT_RESULTS,
    Answer,
    DataRoot,
    Format,
    FrameRule,
    Metrics,
    Plugins,
    Results,
    Statistics,
    Threshold,
    matches,
)
from selfbench.cli.progress import say
from selfbench.errors import DataError, UsageError

if TYPE_CHECKING:
    from selfbench.contracts import Record
    from selfbench.plugins.registry import Registry


def report(
    method: Annotated[list[str] | None, typer.Option("--method", "-m")] = None,
    dataset: Annotated[list[str] | None, typer.Option("--dataset", "-d")] = None,
    metric: Metrics = None,
    statistic: Statistics = "mean",
    threshold: Threshold = None,
    frames: FrameRule = None,
    report: Annotated[str, typer.Option("--report", help="Which report.")] = "comparison",
    layout: Annotated[
        str | None,
        typer.Option(
            help="comparison, segmentation, detection, ablation, benchmarks or generations."
        ),
    ] = None,
    bold: Annotated[
        str | None, typer.Option(help="What is bold: significant leads, or the best. [significant]")
    ] = None,
    standalone: Annotated[
        bool | None, typer.Option("--standalone", help="LaTeX that compiles on its own.")
    ] = None,
    intervals: Annotated[
        bool | None, typer.Option("--intervals", help="Bootstrap intervals over clips.")
    ] = None,
    published: Annotated[
        bool | None, typer.Option("--published", help="The papers' numbers beside ours.")
    ] = None,
    plugin: Plugins = None,
    data_root: DataRoot = None,
    results: Results = DEFAULT_RESULTS,
    output: Annotated[Path | None, typer.Option(help="Where to write. [--results]")] = None,
    answer: Answer = Format.text,
) -> None:
    """Write tables, or with --report html a page to browse, of the results there are."""
    from selfbench.contracts import RunReport
    from selfbench.plugins.registry import Registry
    from selfbench.stages.aggregate import make_records, newest, read_cells, without_scores
    from selfbench.stages.plan import data_places

    registry = Registry(plugin or ())
    cells = read_cells(results, registry)
    if left_out := without_scores(results):
        say(f"Left out, without scores: {', '.join(left_out)}")
    records = [
        record
        for record in make_records(newest(cells))
        if matches(record.method, method)
        and matches(record.dataset, dataset)
        and matches(record.metric, metric)
    ]
    records.sort(key=lambda record: _asked_first(record, metric))
    if not records:
        raise DataError(
            f"There are no scores below {results} that match; `selfbench run --method videopca "
            "--dataset fs-singles-sim` makes some."
        )
    if answer is Format.json:
        typer.echo(to_json(records))
        return
    options = {
        "layout": layout,
        "bold": bold,
        "standalone": standalone,
        "intervals": intervals,
        "published": published,
    }
    given = {name: value for name, value in options.items() if value is not None}
    kind = registry.entry("reports", report).load()
    if issubclass(kind, RunReport):
        if given or (statistic, threshold, frames) != ("mean", None, None):
            raise UsageError(
                f"The report '{report}' shows every protocol and lets its reader choose; of the "
                "options on numbers it takes --method, --dataset and --metric."
            )
        keys = {key for record in records for key in record.keys}
        shown = [cell for cell in newest(cells) if cell.manifest["key"] in keys]
        where = data_places(data_root)
        write_files(kind().render(records, shown, results, registry, where), output or results)
        return
    chosen = choose(records, statistic, threshold, frames)
    write(registry, report, chosen, output or results, given)


def _asked_first(record: Record, metrics: Sequence[str] | None) -> tuple[str, str, int]:
    """Columns stand in the order in which --metric names them."""
    names = [name for text in metrics or ["*"] for name in text.split(",")]
    found = (i for i, name in enumerate(names) if matches(record.metric, [name]))
    return record.dataset, record.method, next(found)


def choose(
    records: Sequence[Record],
    statistic: str = "mean",
    threshold: str | None = None,
    frames: str | None = None,
) -> list[Record]:
    """Keep the records of one protocol; None stands for what the dataset's papers use.

    Raises:
        DataError: if nothing is left.
    """
    chosen = [
        r
        for r in records
        if fnmatch.fnmatchcase(r.statistic, statistic)
        and (r.usual_threshold if threshold is None else _rule(r.threshold, threshold))
        and (r.usual_frames if frames is None else fnmatch.fnmatchcase(r.frames, frames))
        and r.usual_boxes
    ]
    if not chosen:
        known = {field: sorted({getattr(r, field) for r in records}) for field in _PROTOCOL}
        raise DataError(
            "No score has this protocol; there are "
            + "; ".join(f"{field} {', '.join(filter(None, of))}" for field, of in known.items())
            + "."
        )
    return chosen


_PROTOCOL = ("statistic", "threshold", "frames")


def _rule(name: str, pattern: str) -> bool:
    return not name or fnmatch.fnmatchcase(name, pattern)


def to_json(records: Sequence[Record]) -> str:
    """Return one JSON object per record, all protocols."""
    return json.dumps([_plain(record) for record in records], indent=1)


def _plain(record: Record) -> dict[str, Any]:
    """NaN is no JSON: it becomes null."""
    clips = [(clip, _or_null(value), weight) for clip, value, weight in record.per_clip]
    return {k: _or_null(v) for k, v in asdict(record).items()} | {"per_clip": clips}


def _or_null(value: Any) -> Any:
    return None if isinstance(value, float) and value != value else value


def write(
    registry: Registry,
    name: str,
    records: Sequence[Record],
    output: Path,
    options: Mapping[str, Any] | None = None,
) -> None:
    """Write the files of the report `name`, print its Markdown and say where they are."""
    from selfbench.contracts import AblationReport, Report
    from selfbench.params import build

    kind = registry.entry("reports", name).load()
    if issubclass(kind, AblationReport):
        raise UsageError(
            f"The report '{name}' is about one ablation; `selfbench ablate NAME --dataset D "
            "--no-run` writes it from what is finished."
        )
    if not issubclass(kind, Report):
        raise UsageError(
            f"The report '{name}' has a command of its own: `selfbench {name} --help`."
        )
    write_files(kind(build(kind.Params, options or {}, name)).render(records), output)


def write_files(files: Mapping[str, str | bytes], output: Path) -> None:
    """Write the files of a report, print what is Markdown and say where they are."""
    from selfbench.store.atomic import storing, write_bytes

    with storing(output):
        for file, content in files.items():
            write_bytes(
                output / file, content if isinstance(content, bytes) else content.encode("utf-8")
            )
    for file, content in files.items():
        if isinstance(content, str) and file.endswith(".md"):
            typer.echo(content)
    typer.echo("Written: " + ", ".join(str(output / file) for file in files))


def write_comparison(registry: Registry, results: Path, keys: set[str]) -> None:
    """Write the comparison of all methods on the datasets that these run keys are about."""
    from selfbench.cli.progress import say
    from selfbench.stages.aggregate import make_records, newest, read_cells

    cells = read_cells(results, registry)
    datasets = {cell.row[0] for cell in cells if cell.manifest["key"] in keys}
    if not datasets:
        say("No scores, hence no table: the dataset has no masks or boxes to compare with.")
        return
    shown = [cell for cell in newest(cells) if cell.row[0] in datasets]
    write(registry, "comparison", choose(make_records(shown)), results)
