"""Options that several commands share, each described once."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from selfbench.errors import UsageError


class Format(str, Enum):
    """How a command prints its answer."""

    text = "text"
    json = "json"


Methods = Annotated[
    list[str],
    typer.Option("--method", "-m", help="Name, wildcard or comma list; may be repeated."),
]
Datasets = Annotated[
    list[str],
    typer.Option("--dataset", "-d", help="Name, wildcard or comma list; may be repeated."),
]
Seeds = Annotated[str, typer.Option("--seed", help="One seed, a list 0,1,2 or a range 0-2.")]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set", help="KEY=VALUE for the methods, or NAME.KEY=VALUE for one method or dataset."
    ),
]
Plugins = Annotated[
    list[Path] | None,
    typer.Option("--plugin", help="A Python file with plug-ins of your own; may be repeated."),
]
DataRoot = Annotated[
    Path | None,
    typer.Option("--data-root", help="Folder that holds DAVIS/, FS-Singles/, ... [SELFBENCH_DATA]"),
]
Preset = Annotated[str | None, typer.Option(help="A named preset of the method.")]
Results = Annotated[Path, typer.Option("--results", help="Where results lie.")]
Workers = Annotated[
    int | None, typer.Option("--workers", min=1, help="Processes for scoring. [all cores]")
]
Device = Annotated[
    str | None,
    typer.Option(
        help="cpu, cuda, or auto: a GPU where there is one. [SELFBENCH_DEVICE, else auto]"
    ),
]
DeviceCount = Annotated[
    int | None,
    typer.Option("--devices", help="Devices to train on at once. [SELFBENCH_DEVICES, else 1]"),
]
Post = Annotated[
    str,
    typer.Option(
        help="Steps after prediction, in order: crf, grabcut, boxes; NAME:0.3 sets a threshold."
    ),
]
Metrics = Annotated[
    list[str] | None,
    typer.Option("--metric", help="Metrics by name or wildcard. [those of the dataset's papers]"),
]
Answer = Annotated[Format, typer.Option("--format", help="text or json.")]
Statistics = Annotated[
    str, typer.Option("--statistic", help="mean, recall, decay or a wildcard, for the table.")
]
Threshold = Annotated[
    str | None,
    typer.Option("--threshold", help="best-J, val, 0.5 or a wildcard. [as in the papers]"),
]
FrameRule = Annotated[
    str | None,
    typer.Option("--frames", help="all or skip-ends (the DAVIS conventions). [the dataset's]"),
]

DEFAULT_RESULTS = Path("results")


def parse_seeds(text: str) -> list[int]:
    """Return the seeds of `0`, `0,1,2` or `0-2`.

    Raises:
        UsageError: for anything else.
    """
    seeds: list[int] = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        if not (first.isdigit() and (last.isdigit() if dash else True)):
            raise UsageError(f"--seed got '{text}', expected numbers such as 0, 0,1,2 or 0-2.")
        seeds += range(int(first), int(last if dash else first) + 1)
    return list(dict.fromkeys(seeds))
