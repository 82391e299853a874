"""What these scripts share: options, runs seed by seed, values per clip, tables in Markdown."""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import selfbench
from selfbench import Results, SelfbenchError
from selfbench.params import parse_assignments

SPLITS = Path(__file__).with_name("splits.py")  # data sets with other splits, as plug-ins


def make_parser(text: str | None, seed: str = "0") -> argparse.ArgumentParser:
    """Return a parser with the options of every script that runs methods."""
    parser = argparse.ArgumentParser(
        description=text, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=parse_seeds, default=seed, help=f"N, N,M or N-M [{seed}]")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--preset", help="of the method")
    parser.add_argument("--data-root", type=Path, help="folder with DAVIS/ [SELFBENCH_DATA]")
    parser.add_argument("--results", type=Path, default=Path("results"))
    return parser


def parse_seeds(text: str) -> list[int]:
    """Return the seeds of `0`, `0,1` or `0-2`."""
    seeds: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        seeds += range(int(first), int(last or first) + 1)
    return seeds


def run_seeds(
    given: argparse.Namespace,
    method: str | Sequence[str],
    dataset: str | Sequence[str],
    settings: dict[str, Any] | None = None,
    **options: Any,
) -> dict[int, Results]:
    """Run what is missing; return the results of each seed alone.

    Args:
        given: the options of `make_parser`.
        method: names.
        dataset: names; those of `splits.py` too.
        settings: None: what `--set` says.
        options: of `selfbench.run`.
    """
    places = {"results": given.results, "data_root": given.data_root}
    values = parse_assignments(given.set) if settings is None else settings
    plugins = [SPLITS, *options.pop("plugin", [])]
    return {
        seed: selfbench.run(
            method, dataset, seed=seed, settings=values, plugin=plugins, **places, **options
        )
        for seed in given.seed
    }


def value(results: Results, metric: str, **protocol: str) -> float:
    """Return the only value of a metric, under the protocol of the data set's papers or another.

    NaN where it has none.
    """
    table = results.table(**protocol)
    (number,) = table.loc[table["metric"] == metric, "mean"].tolist() or [np.nan]
    return float(number)


def clip_values(results: Results, metric: str, boxes: str | None = None) -> pd.DataFrame:
    """Return value and weight in the mean of each clip, under the protocol of the papers.

    Args:
        results: of one method on one data set.
        metric: its name.
        boxes: own or mask, those around the masks; None: the method's own where it gives any.
    """
    (record,) = (
        record
        for record in results.material.records
        if (record.metric, record.statistic) == (metric, "mean")
        and record.usual_threshold
        and record.usual_frames
        and (record.usual_boxes if boxes is None else record.boxes == boxes)
    )
    return pd.DataFrame(record.per_clip).set_index("clip")


def clip_mean(clips: pd.DataFrame) -> float:
    """Return the mean over clips of `clip_values`; NaN of none."""
    return float(np.average(clips["value"], weights=clips["weight"])) if len(clips) else np.nan


def fit_seconds(runs: Iterable[Results]) -> list[float]:
    """Return what training took, in seconds; 0 where nothing was trained."""
    return [
        float(run.manifest["timings"].get("fit_s", 0.0)) for results in runs for run in results.runs
    ]


def trained_on(results: Results) -> str:
    """Return the line that says on what machine and when the first run was made."""
    manifest = results.runs[0].manifest
    machine = manifest["environment"]
    device, cpus = machine["device"], machine["cpus"]
    return f"{machine['platform']}, {cpus} CPUs, {device}, {manifest['started'][:10]}"


def spread(values: Sequence[float], digits: int = 3) -> str:
    """Return mean and sample standard deviation."""
    text = f"{statistics.mean(values):.{digits}f}"
    return f"{text} ± {statistics.stdev(values):.{digits}f}" if len(values) > 1 else text


def markdown(table: pd.DataFrame, digits: int = 3) -> str:
    """Return a table in Markdown, its index as the first column."""

    def text(cell: object) -> str:
        if isinstance(cell, float):
            return "–" if cell != cell else f"{cell:.{digits}f}"
        return str(cell)

    lines = [[table.index.name or "", *table.columns], ["---"] * (len(table.columns) + 1)]
    lines += [[label, *cells] for label, *cells in table.itertuples(name=None)]
    return "\n".join(f"| {' | '.join(map(text, line))} |" for line in lines)


def run_script(main: Callable[[], None]) -> None:
    """Call `main`; an error a user can mend becomes one sentence."""
    try:
        main()
    except SelfbenchError as error:
        raise SystemExit(f"error: {error}") from error
