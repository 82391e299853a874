"""`selfbench evaluate`: score masks that somebody else made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from selfbench.cli.options import (
    Answer,
    DataRoot,
    Format,
    FrameRule,
    Metrics,
    Plugins,
    Settings,
    Workers,
)

if TYPE_CHECKING:
    from selfbench.contracts import Record


def evaluate(
    predictions: Annotated[
        Path, typer.Option(help="Folder of masks: <sequence>/<frame>.png, as DAVIS has it.")
    ],
    dataset: Annotated[str, typer.Option("--dataset", "-d", help="The dataset with the truth.")],
    split: Annotated[str | None, typer.Option(help="Which split. [the test split]")] = None,
    sequences: Annotated[str | None, typer.Option(help="Only these, a comma list.")] = None,
    soft: Annotated[
        bool, typer.Option("--soft", help="Masks are soft (0-255): search the best threshold.")
    ] = False,
    name: Annotated[str | None, typer.Option(help="The method's name. [the folder's]")] = None,
    metric: Metrics = None,
    frames: FrameRule = None,
    settings: Settings = None,
    plugin: Plugins = None,
    data_root: DataRoot = None,
    results: Annotated[
        Path | None, typer.Option(help="Keep the scores there too, for `selfbench report`.")
    ] = None,
    workers: Workers = None,
    answer: Answer = Format.text,
) -> None:
    """Score a folder of masks against a dataset's truth; labels above zero are foreground."""
    from selfbench import api
    from selfbench.params import parse_assignments
    from selfbench.stages.report.protocol import Asked, to_json

    evaluation = api.evaluate(
        predictions,
        dataset,
        split=split,
        sequences=sequences or (),
        soft=soft,
        name=name,
        metric=metric,
        settings=parse_assignments(settings or []),
        workers=workers,
        plugin=plugin or (),
        data_root=data_root,
        results=results,
    )
    records = evaluation.records()
    if answer is Format.json:
        typer.echo(to_json(records))
        return
    chosen = Asked("*", None, frames).choose(records)
    _print(evaluation.per_clip(chosen), chosen)


def _print(per_clip: dict[str, list[float | None]], records: list[Record]) -> None:
    """A line per sequence and the mean, then the protocol in words."""
    heads = [f"{r.metric} {r.statistic}" for r in records]
    width = max(len(clip) for clip in [*per_clip, "mean"])
    typer.echo("  ".join(["".ljust(width), *(f"{head:>9}" for head in heads)]))
    means: list[float | None] = [r.mean for r in records]
    for clip, values in (per_clip | {"mean": means}).items():
        texts = ["–" if v is None else f"{v:.6f}" for v in values]
        cells = (f"{text:>{max(9, len(head))}}" for text, head in zip(texts, heads, strict=True))
        typer.echo("  ".join([clip.ljust(width), *cells]))
    frames = " and ".join(sorted({r.frames for r in records}))
    meaning = {
        "all": "every annotated frame",
        "skip-ends": "every annotated frame but the first and the last of each sequence",
    }
    rules = " and ".join(sorted({r.threshold for r in records if r.threshold}))
    levels = sorted({level for r in records for level in r.levels if level})
    typer.echo(f"\nFrames: {frames} ({meaning.get(frames, 'both conventions')}).")
    if rules:
        typer.echo(f"Threshold: {rules}{f' ({levels[0]:.2f})' if levels else ''}.")
    for protocol in dict.fromkeys(f"{r.metric}: {r.protocol}." for r in records):
        typer.echo(protocol)
