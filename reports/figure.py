"""The figure of results: frames with detections, soft masks of several methods, and the truth.

As Katircioglu et al. 2022, Figs. 6 to 8.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from selfbench.contracts import Material, Report
from selfbench.errors import DataError
from selfbench.params import Params
from selfbench.reports.figure_drawing import caption, draw
from selfbench.reports.figure_rows import choose_frames, make_rows
from selfbench.reports.plotting import saved
from selfbench.reports.predictions import Predictions
from selfbench.reports.row_names import plain_name, split_names

DPI = 200  # of the PNG: small masks stay readable at the width of a page


def _split(value: Any) -> Any:
    """Split a comma list as typed behind `--set`."""
    return split_names(value) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_split)]


class FrameFigure(Report):
    """Rows of frames: box, dots and line of the first method, each method's soft mask, truth."""

    name = "figure"
    one_protocol = False  # it shows no numbers

    class Params(Params):
        """Which frames and whose predictions are shown."""

        rows: int = Field(
            4,
            ge=1,
            le=50,
            description="How many frames the figure shows: evenly spaced over the annotated ones, "
            "so that none is picked by hand.",
        )
        frames: Names = Field(
            (),
            description="The frames that the figure shows instead of evenly spaced ones: a comma "
            "list of CLIP/FRAME; empty for evenly spaced ones.",
        )
        seed: int = Field(0, ge=0, description="The seed whose runs the figure shows.")
        order: Names = Field(
            (),
            description="Methods whose columns come first, a comma list; box and marks are those "
            "of the first. Empty for the order in which --method names them.",
        )

    params: Params

    def render(self, material: Material) -> Mapping[str, str | bytes]:
        """Return `figure-DATASET.pdf`, `.png` and `.tex`, the latter with the caption, for each.

        Raises:
            DataError: if there is no such run, runs are of different versions of a dataset, or
                nothing is annotated and no frame is named.
            UsageError: for a named frame that is not there.
        """
        shown = runs_by_dataset(material, self.params.seed, self.params.order)
        stems = dict(zip(shown, file_stems(list(shown)), strict=True))
        files: dict[str, str | bytes] = {}
        for name, runs in shown.items():
            dataset = material.open_dataset(runs[0].stored)
            split = runs[0].test_split(dataset)
            places = choose_frames(dataset, split, self.params.rows, self.params.frames)
            rows = make_rows(runs, dataset, split, places, material.draw_marks)
            for kind, content in saved(draw(rows), DPI).items():
                files[f"{stems[name]}.{kind}"] = content
            methods = [shown_run.method for shown_run in runs]
            files[f"{stems[name]}.tex"] = caption(rows, methods, name, stems[name])
        return files


def runs_by_dataset(
    material: Material, seed: int, order: Sequence[str]
) -> dict[str, list[Predictions]]:
    """Return the newest run of each method with `seed`, by dataset; `order` names the first ones.

    Raises:
        DataError: if there is none, or those of a dataset are of different versions of it.
    """
    newest: dict[str, dict[str, Predictions]] = {}
    for run in material.runs:
        if int(run.manifest["seed"]) == seed:
            newest.setdefault(run.dataset, {})[run.method] = Predictions(run)
    if not newest:
        seeds = sorted({int(run.manifest["seed"]) for run in material.runs})
        raise DataError(
            f"There is no finished run with seed {seed} (there are seeds: "
            f"{', '.join(map(str, seeds)) or 'none'}); `selfbench run --seed {seed}` makes one, "
            "--set seed=... shows another."
        )
    methods = list(dict.fromkeys(name for runs in newest.values() for name in runs))
    for name in order:
        if not any(_is_called(method, name) for method in methods):
            raise DataError(
                f"There is no finished run of {name} with seed {seed} among those shown (there "
                f"are: {', '.join(methods)})."
            )
    ordered = {
        dataset: sorted(runs.values(), key=lambda one: _position(one.method, order))
        for dataset, runs in newest.items()
    }
    for dataset, runs in ordered.items():
        if len({one.frames_digest for one in runs}) > 1:
            raise DataError(
                f"The runs of {', '.join(one.method for one in runs)} are of different "
                f"versions of {dataset}; run them again, or name those of one version with "
                "--method."
            )
    return ordered


def _position(method: str, order: Sequence[str]) -> int:
    return next((i for i, name in enumerate(order) if _is_called(method, name)), len(order))


def _is_called(method: str, name: str) -> bool:
    return name in (method, plain_name(method))


def file_stems(datasets: Sequence[str]) -> list[str]:
    """Return a file name per dataset: its plain name, and what was set of it if two share that."""
    plain = [plain_name(dataset) for dataset in datasets]
    return [
        f"figure-{short}" if plain.count(short) == 1 else f"figure-{_file_safe(name)}"
        for name, short in zip(datasets, plain, strict=True)
    ]


def _file_safe(name: str) -> str:
    return re.sub(r"[^\w.=+-]+", "-", name).strip("-")
