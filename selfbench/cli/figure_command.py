"""`selfbench figure`: frames, boxes, soft masks and truth side by side, as in the papers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from selfbench.cli.options import (
    DEFAULT_RESULTS,
    DataRoot,
    Device,
    DeviceCount,
    Plugins,
    Results,
    chosen_devices,
)


def figure(
    dataset: Annotated[str, typer.Option("--dataset", "-d", help="Which dataset.")],
    method: Annotated[
        list[str] | None,
        typer.Option("--method", "-m", help="In this order; boxes are of the first. [all]"),
    ] = None,
    rows: Annotated[
        int, typer.Option(min=1, max=50, help="Evenly spaced annotated frames, none picked.")
    ] = 4,
    frame: Annotated[
        list[str] | None, typer.Option(help="CLIP/FRAME instead; may be repeated.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    plugin: Plugins = None,
    data_root: DataRoot = None,
    results: Results = DEFAULT_RESULTS,
    output: Annotated[Path | None, typer.Option(help="Where to write. [--results]")] = None,
    device: Device = None,
    devices: DeviceCount = None,
) -> None:
    """Write a figure of finished runs as PDF and PNG, and its caption as LaTeX."""
    from selfbench.cli.report_command import write_files
    from selfbench.plugins.registry import Registry
    from selfbench.stages.figures import choose_frames, make_rows, newest_runs
    from selfbench.stages.plan import data_places
    from selfbench.stages.score.cells import finished_cells

    registry = Registry(plugin or ())
    plain = dataset.partition(" [")[0]
    registry.entry("datasets", plain)
    names = [name.strip() for text in method or [] for name in text.split(",")]
    runs = newest_runs(results, dataset, names, seed)
    keys = {run.manifest["key"] for run in runs}
    where = data_places(data_root)
    # Opened with the parameters of the runs, after a check that its frames are still theirs.
    opened = [
        found
        for _, _, found in finished_cells(results, registry, where, lambda m: m["key"] in keys)
    ]
    places = choose_frames(opened[0], rows, frame or [])
    shown = make_rows(runs, opened[0], places, registry, chosen_devices(device, devices))
    drawing = registry.entry("reports", "figure").load()()
    write_files(drawing.render(shown, [run.name for run in runs], plain), output or results)
