"""How numbers spread: each clip as a dot, the mean, its interval, the deviation of seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from selfbench.contracts import Material, Record, Report
from selfbench.reports.checks import require_scores
from selfbench.reports.plotting import panels, saved
from selfbench.stages.statistics import interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINE = 0.3  # inches per method
FRAME = 0.9  # inches for title and axis of a panel
JITTER = 0.15  # of a line, so that clips of equal value do not cover each other
SEEDS = 0.3  # of a line, below the mean: where the deviation of seeds is drawn


class SpreadPlot(Report):
    """Clips as dots, mean with interval over clips, deviation over seeds (PDF and PNG)."""

    name = "spread"

    def render(self, material: Material) -> Mapping[str, str | bytes]:
        """Return `spread.pdf` and `spread.png`: a panel per dataset and metric.

        Raises:
            DataError: if there are no scores.
        """
        records = material.chosen
        require_scores(records)
        height = FRAME + LINE * len({record.method for record in records})
        figure = panels(records, height, _draw)
        figure.supxlabel(
            "blue: clips; black: mean and 95 % bootstrap interval over clips; red: ± one standard "
            "deviation of seeds",
            fontsize=7,
        )
        return {f"spread.{kind}": content for kind, content in saved(figure).items()}


def _draw(axes: Axes, records: Sequence[Record]) -> None:
    for y, record in enumerate(records):
        values = [clip.value for clip in record.per_clip]
        # The same order of clips in every line: a dot's height tells which clip it is.
        heights = y + np.linspace(-JITTER, JITTER, max(2, len(values)))[: len(values)]
        axes.scatter(values, heights, s=8, color="C0", alpha=0.5, linewidths=0)
        if ends := interval(record):
            axes.plot(ends, (y, y), color="black", linewidth=1.2)
        if record.std:
            deviation = (record.mean - record.std, record.mean + record.std)
            axes.plot(deviation, (y + SEEDS, y + SEEDS), color="C3", linewidth=1.2)
        axes.plot(record.mean, y, "|", color="black", markersize=9)
    axes.set_yticks(range(len(records)), [record.method for record in records], fontsize=7)
    axes.set_ylim(len(records) - 0.5, -0.5)  # the first row on top, as in the table
