"""The figure of the papers (S2 Figs. 6 to 8): rows of frames, detection, soft masks, truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from selfbench.contracts import Plugin
from selfbench.reports.latex import escape
from selfbench.reports.plotting import saved
from selfbench.stages.figures import FigureRow

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH = 7.16  # inches, the text width of a two-column paper
GAP = 0.03  # inches between pictures
FOOT = 0.3  # inches for the letters below
DPI = 200


class FrameFigure(Plugin):
    """Rows of frames: box, dots and line of the first method, each method's soft mask, truth."""

    name = "figure"

    def render(
        self, rows: Sequence[FigureRow], methods: Sequence[str], dataset: str
    ) -> Mapping[str, str | bytes]:
        """Return `figure-DATASET.pdf`, `.png` and `.tex`, the latter with the caption.

        Args:
            rows: at least one.
            methods: their names, one per soft mask of a row.
            dataset: its name.
        """
        figure = draw(rows)
        stem = f"figure-{dataset}"
        images = {f"{stem}.{kind}": content for kind, content in saved(figure, DPI).items()}
        return images | {f"{stem}.tex": caption(rows, methods, dataset)}


def draw(rows: Sequence[FigureRow]) -> Figure:
    """Return the figure; a column of truth only where a row has any."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    has_truth = any(row.truth is not None for row in rows)
    columns = 1 + len(rows[0].masks) + has_truth
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
            axes = figure.add_axes(box)
            axes.set_axis_off()
            if column == 0:
                axes.imshow(row.detection, interpolation="none", aspect="auto")
            elif column <= len(row.masks):
                axes.imshow(row.masks[column - 1], cmap="gray", vmin=0, vmax=255, aspect="auto")
            elif row.truth is not None:
                axes.imshow(row.truth.astype(np.uint8), cmap="gray", vmin=0, vmax=1, aspect="auto")
        top -= GAP
    for column in range(columns):
        x = (column * (side + GAP) + side / 2) / WIDTH
        figure.text(x, 0.08 / total, f"({chr(97 + column)})", ha="center", fontsize=9)
    return figure


def caption(rows: Sequence[FigureRow], methods: Sequence[str], dataset: str) -> str:
    """Return a LaTeX figure whose caption says what each column is, and which frames these are."""
    first = methods[0]
    parts = [
        f"(a) Detection of {first}: box dashed in red, the probability of each cell as a blue dot, "
        "a green line from the chosen cell to the box centre, where the method has them"
    ]
    parts += [f"({chr(98 + i)}) Soft mask of {name}" for i, name in enumerate(methods)]
    if any(row.truth is not None for row in rows):
        parts.append(f"({chr(98 + len(methods))}) Truth")
    parts.append("Frames: " + ", ".join(f"{row.clip}/{row.frame}" for row in rows))
    words = " ".join(f"{escape(part)}." for part in parts)
    return "\n".join(
        [
            r"% needs \usepackage{graphicx}",
            r"\begin{figure*}",
            rf"\includegraphics[width=\linewidth]{{figure-{dataset}.pdf}}",
            rf"\caption{{Results on {escape(dataset)}. {words}}}",
            rf"\label{{fig:{dataset}}}",
            r"\end{figure*}",
            "",
        ]
    )
