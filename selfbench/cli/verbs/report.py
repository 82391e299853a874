"""`selfbench report`: tables, figures and pages from whatever results exist."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from selfbench.cli.options import (
    DEFAULT_RESULTS,
    Answer,
    DataRoot,
    Device,
    DeviceCount,
    Format,
    FrameRule,
    Metrics,
    Plugins,
    Results,
    Statistics,
    Threshold,
)


def report(
    method: Annotated[list[str] | None, typer.Option("--method", "-m")] = None,
    dataset: Annotated[list[str] | None, typer.Option("--dataset", "-d")] = None,
    metric: Metrics = None,
    statistic: Statistics = "mean",
    threshold: Threshold = None,
    frames: FrameRule = None,
    report: Annotated[
        str | None, typer.Option("--report", help="Which report. [the table of methods]")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="KEY=VALUE of the report; `selfbench list NAME` shows them."),
    ] = None,
    plugin: Plugins = None,
    data_root: DataRoot = None,
    results: Results = DEFAULT_RESULTS,
    output: Annotated[Path | None, typer.Option(help="Where to write. [--results]")] = None,
    device: Device = None,
    devices: DeviceCount = None,
    answer: Answer = Format.text,
) -> None:
    """Write tables, figures (--report figure) or a page (--report html) of the results there are.

    Rows and columns stand in the order in which --method and --metric name them.
    """
    from selfbench import api
    from selfbench.cli.printing import print_report
    from selfbench.params import parse_assignments
    from selfbench.stages.progress import Progress
    from selfbench.stages.report.protocol import Asked, to_json
    from selfbench.stages.report.writing import (
        nothing_scored,
        report_kind,
        without_scores,
        write_report,
    )

    stored = api.stored(
        method=method, dataset=dataset, metric=metric, device=device, devices=devices,
        plugin=plugin or (), data_root=data_root, results=results,
    )  # fmt: skip
    if left_out := without_scores(stored.material, results):
        Progress().say(f"Left out, without scores: {', '.join(left_out)}")
    if answer is Format.json:
        if not stored.material.records:
            raise nothing_scored(results)
        typer.echo(to_json(stored.material.records))
        return
    kind = report_kind(stored.source.registry, report, parse_assignments(settings or []))
    asked = Asked(statistic, threshold, frames)
    print_report(write_report(kind, stored.material, asked, stored.source, output))
