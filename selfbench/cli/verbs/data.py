"""`selfbench data list|check|where`: which datasets are there, whole, and where."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from selfbench.cli.options import Answer, DataRoot, Format, Plugins, Settings, Workers
from selfbench.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from selfbench.checks.findings import Checkup
    from selfbench.contracts import Dataset

SHOWN = 3  # places that a summary names

app = typer.Typer(help="Which datasets there are, where they lie, and whether they are whole.")
Names = Annotated[list[str], typer.Argument(help="Names, wildcards or comma lists of datasets.")]


@app.command("list")
def list_data(
    plugin: Plugins = None, data_root: DataRoot = None, answer: Answer = Format.text
) -> None:
    """List the datasets and whether they are there."""
    records = []
    for dataset in _opened(["*"], None, plugin, data_root):
        place, _ = _location(dataset)
        records.append({"name": dataset.name, "where": place, "licence": dataset.licence})
    if answer is Format.json:
        typer.echo(json.dumps(records, indent=1))
        return
    width = max((len(record["name"]) for record in records), default=0)
    for record in records:
        typer.echo(f"{record['name']:<{width}}  {record['where'] or 'missing'}")
    typer.echo("\n`selfbench data where NAME` says how to get one, `data check NAME` examines it.")


@app.command("where")
def where(
    names: Names, settings: Settings = None, plugin: Plugins = None, data_root: DataRoot = None
) -> None:
    """Say where datasets lie, or how to get them; exit code 1 if one is missing."""
    missing = False
    for dataset in _opened(names, settings, plugin, data_root):
        place, problem = _location(dataset)
        if problem:  # says how to get it
            missing = True
            typer.echo(problem)
            continue
        typer.echo(f"{dataset.name}: {place}")
        for word in ("obtain", "layout", "licence"):
            if text := getattr(dataset, word):
                typer.echo(f"  {word}: {text}")
    if missing:
        raise typer.Exit(1)


@app.command("check")
def check(
    names: Names,
    settings: Settings = None,
    plugin: Plugins = None,
    data_root: DataRoot = None,
    workers: Workers = None,
    answer: Answer = Format.text,
) -> None:
    """Read every frame and annotation of datasets and say what is wrong; exit code 1 on errors."""
    from selfbench import api
    from selfbench.params import parse_assignments

    checkups = []
    for checkup in api.check(
        names,
        settings=parse_assignments(settings or []),
        workers=workers,
        plugin=plugin or (),
        data_root=data_root,
    ):
        checkups.append(checkup)
        if answer is Format.text:
            typer.echo(_summary(checkup))
    if answer is Format.json:
        typer.echo(json.dumps([_plain(checkup) for checkup in checkups], indent=1))
    if any(checkup.errors for checkup in checkups):
        raise typer.Exit(1)


def _opened(
    names: Sequence[str],
    settings: list[str] | None,
    plugin: list[Path] | None,
    data_root: Path | None,
) -> Iterator[Dataset]:
    from selfbench.api import open_datasets
    from selfbench.params import parse_assignments

    return open_datasets(
        names,
        settings=parse_assignments(settings or []),
        plugin=plugin or (),
        data_root=data_root,
    )


def _location(dataset: Dataset) -> tuple[str, str]:
    """Return where it lies and "", or "" and why it is missing."""
    try:
        place = dataset.location()
    except DataError as error:
        return "", str(error)
    return ("made on the spot" if place is None else str(place)), ""


def _summary(checkup: Checkup) -> str:
    """A line per split, per kind of finding, and the fingerprints."""
    from selfbench.checks.findings import KINDS

    lines = [f"{checkup.dataset}"]
    for split, counted in checkup.counts.items():
        lines.append(
            f"  {split}: {counted.clips} clips, {counted.frames} frames, "
            f"{counted.annotated} annotated"
        )
    for kind, times in Counter(finding.kind for finding in checkup.findings).items():
        severity, advice = KINDS[kind]
        of_kind = [finding for finding in checkup.findings if finding.kind == kind]
        lines.append(f"  {severity}: {times} x {kind}; {advice}")
        for finding in of_kind[:SHOWN]:
            lines.append(f"    {finding.where}{f': {finding.detail}' if finding.detail else ''}")
        if times > SHOWN:
            lines.append(f"    and {times - SHOWN} more (--format json lists all)")
    if not checkup.findings:
        lines.append("  nothing is wrong")
    lines.append(f"  fingerprint of the frames: {checkup.frames_fingerprint or 'none'}")
    lines.append(f"  fingerprint of the truth:  {checkup.truth_fingerprint or 'none'}")
    return "\n".join(lines)


def _plain(checkup: Checkup) -> dict[str, Any]:
    from selfbench.checks.findings import KINDS

    return {
        "dataset": checkup.dataset,
        "counts": {split: count._asdict() for split, count in checkup.counts.items()},
        "findings": [
            {"severity": KINDS[finding.kind][0], **finding._asdict()}
            for finding in checkup.findings
        ],
        "frames_fingerprint": checkup.frames_fingerprint,
        "truth_fingerprint": checkup.truth_fingerprint,
        "errors": len(checkup.errors),
    }
