"""The figure of results: frames with detections, soft masks of several methods, and the truth.

As Katircioglu et al. 2022, Figs. 6 to 8.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from selfbench.contracts import Material, Report
from selfbench.params import Params
from selfbench.reports.figure_drawing import caption, draw
from selfbench.reports.figure_rows import choose_frames, make_rows
from selfbench.reports.figure_runs import choose_runs
from selfbench.reports.plotting import saved
from selfbench.stages.row_names import plain_name, split_names

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
        seed: int = Field(
            0,
            ge=0,
            description="The seed whose runs the figure shows; methods without it are left out.",
        )
        order: Names = Field(
            (),
            description="Methods whose columns come first, a comma list; box and marks are those "
            "of the first. Empty for the order in which --method names them.",
        )

    params: Params

    def render(self, material: Material) -> Mapping[str, str | bytes]:
        """Return `figure-DATASET.pdf`, `.png` and `.tex`, the latter with the caption, for each.

        Raises:
            DataError: if there is no such run, runs are of different versions of a dataset, a mask
                is gone, or nothing is annotated and no frame is named.
            UsageError: for a named frame that is not there.
        """
        p = self.params
        chosen = choose_runs(material.runs, p.seed, p.order)
        stems = file_stems([shown.dataset for shown in chosen])
        files: dict[str, str | bytes] = {}
        for shown, stem in zip(chosen, stems, strict=True):
            first = shown.runs[0]
            dataset = material.open_dataset(first.stored)
            split = first.test_split(dataset)
            places = choose_frames(dataset, split, p.rows, p.frames)
            rows = make_rows(shown.runs, dataset, split, places, material.draw_marks)
            for kind, content in saved(draw(rows), DPI).items():
                files[f"{stem}.{kind}"] = content
            missing = f"No run with seed {p.seed}: {', '.join(shown.missing)}"
            notes = [missing] if shown.missing else []
            files[f"{stem}.tex"] = caption(rows, shown.methods, shown.dataset, stem, notes)
        return files


def file_stems(datasets: Sequence[str]) -> list[str]:
    """Return a file name per dataset: its plain name, and what was set of it if two share that."""
    plain = [plain_name(dataset) for dataset in datasets]
    return [
        f"figure-{short}" if plain.count(short) == 1 else f"figure-{_file_safe(name)}"
        for name, short in zip(datasets, plain, strict=True)
    ]


def _file_safe(name: str) -> str:
    return re.sub(r"[^\w.=+-]+", "-", name).strip("-")
