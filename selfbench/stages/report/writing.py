"""The report stage: tables, figures and pages of what is stored."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from selfbench.contracts import (
    Ablation,
    Clip,
    Dataset,
    Devices,
    Marks,
    Material,
    Record,
    Report,
    StoredRun,
    Where,
)
from selfbench.errors import DataError, UsageError, did_you_mean
from selfbench.params import build
from selfbench.plugins.registry import Registry
from selfbench.plugins.roles import role
from selfbench.stages.report.aggregate import (
    is_finished,
    make_records,
    newest,
    read_runs,
    read_scored,
)
from selfbench.stages.report.protocol import Asked
from selfbench.stages.report.reopen import draw_marks, reopen_dataset
from selfbench.stages.report.row_names import Patterns, matches, plain_name, split_patterns
from selfbench.store.atomic import storing, write_bytes
from selfbench.store.scores import scored_metrics


@dataclass(frozen=True)
class Source:
    """Where a report takes its material from."""

    results: Path
    registry: Registry
    where: Where
    devices: Devices  # for methods that draw how they decided


@dataclass(frozen=True)
class ReportFiles:
    """The files of one report, written to `output`."""

    files: Mapping[str, str | bytes]
    output: Path

    @property
    def paths(self) -> list[Path]:
        """Where they are."""
        return [self.output / name for name in self.files]

    @property
    def markdown(self) -> str:
        """Those of them that are Markdown, one after the other; empty if none is."""
        texts = (str(text) for name, text in self.files.items() if name.endswith(".md"))
        return "\n".join(texts)

    def _repr_markdown_(self) -> str:
        return self.markdown or "Written: " + ", ".join(map(str, self.paths))


def report_kind(registry: Registry, name: str | None, settings: Mapping[str, Any]) -> Report:
    """Return the report `name` with `settings`, of which some may be `name.key`.

    None names the table of methods against datasets and metrics.

    Raises:
        UsageError: for an unknown name or a refused setting.
    """
    name = name or role("table")
    kind = registry.entry("reports", name).load()
    values = {key.removeprefix(f"{name}."): value for key, value in settings.items()}
    report: Report = kind(build(kind.Params, values, name))
    return report


def gather(
    source: Source,
    methods: Patterns = None,
    datasets: Patterns = None,
    metrics: Patterns = None,
    cells: Collection[tuple[str, int]] | None = None,
) -> Material:
    """Return all there is of the rows and metrics that match.

    Args:
        source: where it lies.
        methods: names or wildcards; None: all.
        datasets: likewise.
        metrics: likewise.
        cells: key and seed of the runs that count; None: of each row those of the newest key.
    """
    runs = read_runs(source.results, methods, datasets)
    if cells is None:
        _require(methods, runs, source.results)
        finished = newest(run for run in runs if is_finished(run))
    else:
        runs = [r for r in runs if (r.manifest["key"], r.manifest["seed"]) in cells]
        finished = [run for run in runs if is_finished(run)]
    records = make_records(read_scored(finished, metrics))
    records.sort(key=lambda record: _place(record, methods, metrics))
    unfinished = [run for run in runs if not is_finished(run)]
    return material_of(source, records, _in_order(finished, methods), unfinished)


def material_of(
    source: Source,
    records: Sequence[Record],
    runs: Sequence[StoredRun],
    unfinished: Sequence[StoredRun] = (),
    ablation: Ablation | None = None,
) -> Material:
    """Return given records and runs with what opens their data and methods again."""

    def open_dataset(run: StoredRun) -> Dataset:
        return reopen_dataset(run, source.registry, source.where)

    def marks(run: StoredRun, clip: Clip) -> Sequence[Marks]:
        return list(draw_marks(run, clip, source.registry, source.devices))

    return Material(records, records, runs, unfinished, open_dataset, marks, ablation)


def write_report(
    report: Report, material: Material, asked: Asked, source: Source, output: Path | None = None
) -> ReportFiles:
    """Write the files of a report.

    Args:
        report: with its options.
        material: of `gather`.
        asked: the protocol of its numbers.
        source: where the material comes from.
        output: folder to write to; None: that of the results.

    Raises:
        DataError: if nothing is scored, or not under the protocol asked for.
        UsageError: if the report shows another kind of material.
        StoreError: if they cannot be written.
    """
    if report.of_ablation and material.ablation is None:
        raise UsageError(
            f"The report '{report.name}' is about one ablation; `selfbench ablate NAME --dataset "
            "D --no-run` writes it from what is finished."
        )
    if report.one_protocol:
        if not material.records:
            raise nothing_scored(source.results)
        material = replace(material, chosen=asked.choose(material.records))
    elif asked != Asked():
        raise UsageError(
            f"The report '{report.name}' takes no options on the protocol; leave out --statistic, "
            "--threshold and --frames."
        )
    files = report.render(material)
    folder = output or source.results
    with storing(folder):
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.encode("utf-8")
            write_bytes(folder / name, data)
    return ReportFiles(files, folder)


def without_scores(material: Material, results: Path) -> list[str]:
    """Return the runs that tables cannot show, each with its state."""
    states = {"running": "failed or unfinished", "done": "not scored"}
    return [
        f"{run.folder.relative_to(results)} ({states.get(status, status)})"
        for run in (*material.runs, *material.unfinished)
        if not scored_metrics(run.folder)
        for status in [str(run.manifest.get("status"))]
    ]


def _require(methods: Patterns, runs: Sequence[StoredRun], results: Path) -> None:
    """Refuse names of methods, not wildcards, of which there is no run."""
    for name in split_patterns(methods):
        if "*" not in name and not any(matches(run.method, [name]) for run in runs):
            known = sorted({plain_name(run.method) for run in read_runs(results)})
            raise DataError(
                f"There is no run of {name} below {results} that matches."
                f"{did_you_mean(name, known)} `selfbench run --method {name}` makes one."
            )


def _place(record: Record, methods: Patterns, metrics: Patterns) -> tuple[str, int, str, int]:
    """Rows and columns stand in the order in which they are asked for."""
    return (
        record.dataset,
        _rank(record.method, methods),
        record.method,
        _rank(record.metric, metrics),
    )


def _in_order(runs: Sequence[StoredRun], methods: Patterns) -> list[StoredRun]:
    return sorted(runs, key=lambda run: _rank(run.method, methods))


def _rank(name: str, patterns: Patterns) -> int:
    return next(i for i, one in enumerate(split_patterns(patterns)) if matches(name, [one]))


def nothing_scored(results: Path) -> DataError:
    """Return the error for results in which nothing is scored."""
    return DataError(
        f"There are no scores below {results} that match; `selfbench run --method videopca "
        "--dataset fs-singles-sim` makes some."
    )
