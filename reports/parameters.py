"""The hyper-parameter plot: a score against one parameter, a line per value of the others.

Katircioglu et al. 2022, Table 4, as a picture: `--report parameters` over the runs of `box-range`
draws J against lambda, one line per range of box sizes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from selfbench.contracts import Material, Record, Report
from selfbench.errors import DataError
from selfbench.reports.plotting import line_style, panels, saved
from selfbench.stages.row_names import plain_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEIGHT = 2.4  # inches
TICKS = 6  # up to this many values stand on the axis themselves
DECADE = 10  # values that span this factor stand on a logarithmic axis

# One parameter of one method, whatever the dataset.
Axis = tuple[str, str]


class ParameterPlot(Report):
    """Scores against each numeric parameter that has several values among the runs."""

    name = "parameters"

    def render(self, material: Material) -> Mapping[str, str | bytes]:
        """Return `parameter-METHOD-NAME.pdf` and `.png` for each such parameter.

        Raises:
            DataError: if no parameter has two values.
        """
        files: dict[str, str | bytes] = {}
        for method, name in varied(material.chosen):
            members = [
                record
                for record in material.chosen
                if plain_name(record.method) == method and _number(record, name) is not None
            ]
            figure = panels(members, HEIGHT, partial(_draw, name=name))
            for kind, content in saved(figure).items():
                files[f"parameter-{method}-{name}.{kind}"] = content
        if not files:
            raise DataError(
                "No numeric parameter has two values among these runs; run a method with --set "
                "NAME=VALUE and another value, or an ablation such as box-range."
            )
        return files


def varied(records: Sequence[Record]) -> list[Axis]:
    """Return the numeric parameters that were set and have at least two values."""
    axes = []
    for method in dict.fromkeys(plain_name(record.method) for record in records):
        members = [record for record in records if plain_name(record.method) == method]
        for name in dict.fromkeys(name for r in members for name, _ in r.changed):
            if len({_number(r, name) for r in members} - {None}) > 1:
                axes.append((method, name))
    return axes


def _draw(axes: Axes, records: Sequence[Record], name: str) -> None:
    """A line per setting of the other parameters, with the deviation over seeds."""
    lines: dict[str, list[tuple[float, Record]]] = {}
    for record in records:
        rest = ", ".join(f"{k}={v}" for k, v in record.changed if k != name)
        value = _number(record, name)
        assert value is not None, "the caller left out records without it"
        lines.setdefault(rest or "others as they are", []).append((value, record))
    for k, (label, points) in enumerate(lines.items()):
        points.sort(key=lambda point: point[0])
        axes.errorbar(
            [value for value, _ in points],
            [record.mean for _, record in points],
            [record.std or 0.0 for _, record in points],
            marker="o",
            markersize=3,
            linewidth=1,
            capsize=2,
            label=label,
            **line_style(k),
        )
    values = sorted({value for points in lines.values() for value, _ in points})
    if values[0] > 0 and values[-1] / values[0] >= DECADE:
        axes.set_xscale("log")
    elif len(values) <= TICKS:
        axes.set_xticks(values)
    axes.set_xlabel(name, fontsize=7)
    if len(lines) > 1:
        axes.legend(fontsize=6, frameon=False)


def _number(record: Record, name: str) -> float | None:
    value = dict(record.params).get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
