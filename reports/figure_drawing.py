"""Drawing the figure of results, and its caption as LaTeX."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from selfbench.reports.figure_rows import FigureRow
from selfbench.reports.latex import escape

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 7.16  # inches, the text width of a two-column paper
GAP = 0.03  # inches between pictures
FOOT = 0.3  # inches for the letters below
BASE = 0.08  # inches from the lower edge to the letters


def draw(rows: Sequence[FigureRow]) -> Figure:
    """Return the figure; a column of truth only where a row has any."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    columns = 1 + len(rows[0].masks) + any(row.truth is not None for row in rows)
    side = (WIDTH - GAP * (columns - 1)) / columns
    heights = [side * row.detection.shape[0] / row.detection.shape[1] for row in rows]
    total = sum(heights) + GAP * (len(rows) - 1) + FOOT
    figure = Figure((WIDTH, total))
    FigureCanvasAgg(figure)
    top = total
    for row, height in zip(rows, heights, strict=True):
        top -= height
        for column in range(columns):
            box = (column * (side + GAP) / WIDTH, top / total, side / WIDTH, height / total)
            _draw_picture(figure.add_axes(box), row, column)
        top -= GAP
    for column in range(columns):
        x = (column * (side + GAP) + side / 2) / WIDTH
        figure.text(x, BASE / total, f"({_letter(column)})", ha="center", fontsize=9)
    return figure


def _draw_picture(axes: Axes, row: FigureRow, column: int) -> None:
    axes.set_axis_off()
    if column == 0:
        axes.imshow(row.detection, interpolation="none", aspect="auto")
    elif column <= len(row.masks):
        axes.imshow(row.masks[column - 1], cmap="gray", vmin=0, vmax=255, aspect="auto")
    elif row.truth is not None:
        axes.imshow(row.truth.astype(np.uint8), cmap="gray", vmin=0, vmax=1, aspect="auto")


def caption(
    rows: Sequence[FigureRow],
    methods: Sequence[str],
    dataset: str,
    stem: str,
    notes: Sequence[str] = (),
) -> str:
    """Return a LaTeX figure whose caption says what each column is, and which frames these are.

    Args:
        rows: what is drawn.
        methods: their names, one per soft mask of a row.
        dataset: its name.
        stem: of the file of the picture.
        notes: what else a reader must know.
    """
    parts = [
        f"({_letter(0)}) Detection of {methods[0]}: box dashed in red, the probability of each "
        "cell as a blue dot, a green line from the chosen cell to the box centre, where the "
        "method has them"
    ]
    parts += [f"({_letter(i)}) Soft mask of {name}" for i, name in enumerate(methods, 1)]
    if any(row.truth is not None for row in rows):
        parts.append(f"({_letter(1 + len(methods))}) Truth")
    parts.append("Frames: " + ", ".join(f"{row.clip}/{row.frame}" for row in rows))
    parts += notes
    words = " ".join(f"{escape(part)}." for part in parts)
    return "\n".join(
        [
            r"% needs \usepackage{graphicx}",
            r"\begin{figure*}",
            rf"\includegraphics[width=\linewidth]{{{stem}.pdf}}",
            rf"\caption{{Results on {escape(dataset)}. {words}}}",
            rf"\label{{fig:{stem.removeprefix('figure-')}}}",
            r"\end{figure*}",
            "",
        ]
    )


def _letter(column: int) -> str:
    return chr(ord("a") + column)
