"""What plots share: a grid of panels by dataset and metric, and files without a date in them."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from selfbench.contracts import Record

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

KINDS = ("pdf", "png")
PANEL = 3.2  # inches, width
COLOURS = 10  # of matplotlib's cycle, C0 to C9
DASHES = ("-", "--", ":")

Draw = Callable[["Axes", Sequence[Record]], None]


def saved(figure: Figure, dpi: int = 150) -> dict[str, bytes]:
    """Return the figure as `pdf` and `png`; the same figure gives the same bytes.

    Args:
        figure: drawn already.
        dpi: dots per inch of the PNG.
    """
    files = {}
    for kind in KINDS:
        target = io.BytesIO()
        metadata = {"CreationDate": None} if kind == "pdf" else None
        figure.savefig(target, format=kind, dpi=dpi, metadata=metadata)
        files[kind] = target.getvalue()
    return files


def line_style(number: int) -> dict[str, Any]:
    """Return colour and dashes of a line; thirty lines differ from each other."""
    dashes = DASHES[number // COLOURS % len(DASHES)]
    return {"color": f"C{number % COLOURS}", "linestyle": dashes}


def panels(records: Sequence[Record], height: float, draw: Draw) -> Figure:
    """Return a figure with a line of panels per dataset, a panel per metric of it.

    Args:
        records: at least one.
        height: of a panel, inches.
        draw: draws the records of one panel.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    datasets = list(dict.fromkeys(record.dataset for record in records))
    metrics = list(dict.fromkeys(record.metric for record in records))
    size = (PANEL * len(metrics) + 1.2, height * len(datasets) + 0.4)
    figure = Figure(size, layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.subplots(len(datasets), len(metrics), squeeze=False)
    for dataset, line in zip(datasets, grid, strict=True):
        for metric, axes in zip(metrics, line, strict=True):
            members = [r for r in records if (r.dataset, r.metric) == (dataset, metric)]
            if not members:
                axes.set_axis_off()
                continue
            axes.set_title(f"{dataset}: {metric}", fontsize=8, loc="left")
            axes.tick_params(labelsize=7)
            draw(axes, members)
    return figure
