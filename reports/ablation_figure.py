"""The figure of an ablation: scores of each row as bars, and watched values over training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from selfbench.contracts import AblationResult, Record
from selfbench.reports.plotting import PANEL, saved

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SMOOTH = 15  # the running mean of a course spans this part of it


def draw(result: AblationResult) -> dict[str, bytes]:
    """Return the figure as `pdf` and `png`: a line of panels per dataset."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    ablation = result.ablation
    datasets = list(dict.fromkeys(record.dataset for record in result.records))
    labels = [row.label for row in ablation.rows]
    columns = 1 + len(ablation.watch)
    height = max(PANEL * 0.8, 0.6 + 0.3 * len(labels))
    figure = Figure((PANEL * columns + 1.6, height * len(datasets)), layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.subplots(len(datasets), columns, squeeze=False)
    for dataset, panels in zip(datasets, grid, strict=True):
        records = [record for record in result.records if record.dataset == dataset]
        _bars(panels[0], records, result)
        panels[0].set_title(dataset, fontsize=9, loc="left")
        for name, panel in zip(ablation.watch, panels[1:], strict=True):
            _courses(panel, result, dataset, name)
    if ablation.watch:  # bars and curves name the same rows
        handles, names = grid[0][-1].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside right center", fontsize=7, frameon=False)
    return saved(figure)


def _bars(axes: Axes, records: Sequence[Record], result: AblationResult) -> None:
    """Horizontal bars of every metric, the spread over seeds, and the paper's value as a dot."""
    rows = result.ablation.rows
    metrics = list(dict.fromkeys(record.metric for record in records))
    where = {row.label: index for index, row in enumerate(rows)}
    thick = 0.8 / len(metrics)
    for k, metric in enumerate(metrics):
        of = [record for record in records if record.metric == metric]
        shift = (k - (len(metrics) - 1) / 2) * thick
        axes.barh(
            [where[r.method] + shift for r in of],
            [r.mean for r in of],
            thick * 0.9,
            xerr=[r.std or 0 for r in of],
            error_kw={"linewidth": 0.8},
            label=metric,
            color=f"C{k}",
        )
        paper = {where[row.label] + shift: row.published.get(metric) for row in rows}
        dots = {y: value for y, value in paper.items() if value is not None}
        axes.scatter(list(dots.values()), list(dots), s=14, color="black", zorder=3)
    axes.set_yticks(range(len(rows)), [row.label for row in rows], fontsize=7)
    axes.set_ylim(len(rows) - 0.5, -0.5)  # the first row on top
    axes.tick_params(axis="x", labelsize=7)
    published = any(row.published for row in rows)
    axes.set_xlabel("dot: the paper" if published else "", fontsize=7)
    axes.legend(
        fontsize=7, frameon=False, ncols=3, columnspacing=1, handlelength=1,
        loc="lower right", bbox_to_anchor=(1, 1.01), borderaxespad=0,
    )  # fmt: skip


def _courses(axes: Axes, result: AblationResult, dataset: str, name: str) -> None:
    """A line per row: the value over training steps, mean over seeds, smoothed a little."""
    for k, row in enumerate(result.ablation.rows):
        course: dict[int, list[float]] = {}
        for point in result.log:
            if (point.row, point.dataset, point.name) == (row.label, dataset, name):
                course.setdefault(point.step, []).append(point.value)
        steps = sorted(course)
        means = pd.Series([np.mean(course[step]) for step in steps], dtype=float)
        smooth = means.rolling(max(1, len(steps) // SMOOTH), min_periods=1).mean()
        style = ("-", "--", ":")[k // 10 % 3]  # there are ten colours
        axes.plot(
            steps,
            smooth.to_numpy(),
            style,
            color=f"C{k % 10}",
            linewidth=1,
            label=row.label,
        )
    axes.set_title(name, fontsize=9)
    axes.set_xlabel("step", fontsize=7)
    axes.tick_params(labelsize=7)
