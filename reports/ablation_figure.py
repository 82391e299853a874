"""The figure of an ablation: scores of each row as bars, and watched values over training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from selfbench.contracts import Ablation, Record
from selfbench.reports.plotting import PANEL, line_style, saved
from selfbench.reports.watched import LogPoint

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SMOOTH = 15  # the running mean of a course spans this part of it: 1/15
LOWEST = 0.8 * PANEL  # inches, height of a panel of few rows
ROW = 0.3  # inches per row of a panel of many ...
AXIS = 0.6  # ... and for its title and axis
LEGEND = 1.6  # inches beside the panels
BARS = 0.8  # of a row's height, that all its bars take; the rest is gap


def draw(
    ablation: Ablation, records: Sequence[Record], points: Sequence[LogPoint]
) -> dict[str, bytes]:
    """Return the figure as `pdf` and `png`: a line of panels per dataset.

    Args:
        ablation: names rows, the papers' numbers and what is watched.
        records: the scores.
        points: the watched values.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    datasets = list(dict.fromkeys(record.dataset for record in records))
    columns = 1 + len(ablation.watch)
    height = max(LOWEST, AXIS + ROW * len(ablation.rows))
    figure = Figure((PANEL * columns + LEGEND, height * len(datasets)), layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.subplots(len(datasets), columns, squeeze=False)
    for dataset, panels in zip(datasets, grid, strict=True):
        _bars(panels[0], [r for r in records if r.dataset == dataset], ablation)
        panels[0].set_title(dataset, fontsize=9, loc="left")
        for name, panel in zip(ablation.watch, panels[1:], strict=True):
            logged = [p for p in points if (p.dataset, p.name) == (dataset, name)]
            _courses(panel, logged, ablation, name)
    if ablation.watch:  # bars and curves name the same rows
        handles, names = grid[0][-1].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside right center", fontsize=7, frameon=False)
    return saved(figure)


def _bars(axes: Axes, records: Sequence[Record], ablation: Ablation) -> None:
    """Horizontal bars of every metric, the spread over seeds, and the paper's value as a dot."""
    rows = ablation.rows
    metrics = list(dict.fromkeys(record.metric for record in records))
    heights = {row.label: index for index, row in enumerate(rows)}
    thick = BARS / len(metrics)
    for k, metric in enumerate(metrics):
        scored = [record for record in records if record.metric == metric]
        shift = (k - (len(metrics) - 1) / 2) * thick
        axes.barh(
            [heights[r.method] + shift for r in scored],
            [r.mean for r in scored],
            thick * 0.9,
            xerr=[r.std or 0 for r in scored],
            error_kw={"linewidth": 0.8},
            label=metric,
            color=f"C{k}",
        )
        paper = {heights[row.label] + shift: row.published.get(metric) for row in rows}
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


def _courses(axes: Axes, points: Sequence[LogPoint], ablation: Ablation, name: str) -> None:
    """A line per row: the value over training steps, mean over seeds, smoothed a little."""
    for k, row in enumerate(ablation.rows):
        course: dict[int, list[float]] = {}
        for point in points:
            if point.row == row.label:
                course.setdefault(point.step, []).append(point.value)
        steps = sorted(course)
        means = pd.Series([np.mean(course[step]) for step in steps], dtype=float)
        smooth = means.rolling(max(1, len(steps) // SMOOTH), min_periods=1).mean()
        axes.plot(steps, smooth.to_numpy(), linewidth=1, label=row.label, **line_style(k))
    axes.set_title(name, fontsize=9)
    axes.set_xlabel("step", fontsize=7)
    axes.tick_params(labelsize=7)
