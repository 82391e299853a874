"""`selfbench ablate`: every row of an ablation through run and score, its table and figure."""

from __future__ import annotations

from typing import Annotated

import typer

from selfbench.cli.options import (
    DEFAULT_RESULTS,
    DataRoot,
    Datasets,
    Device,
    DeviceCount,
    Plugins,
    Post,
    Preset,
    Results,
    Seeds,
    Settings,
    Workers,
    parse_seeds,
)


def ablate(
    ablation: Annotated[list[str], typer.Argument(help="Names, wildcards or comma lists.")],
    dataset: Datasets,
    seed: Seeds = "0",
    settings: Settings = None,
    preset: Preset = None,
    run: Annotated[
        bool, typer.Option("--run/--no-run", help="Compute what is missing, or only report.")
    ] = True,
    post: Post = "",
    plugin: Plugins = None,
    data_root: DataRoot = None,
    results: Results = DEFAULT_RESULTS,
    workers: Workers = None,
    device: Device = None,
    devices: DeviceCount = None,
) -> None:
    """Run every row of an ablation and write its table and figure.

    The cells are those of `selfbench run` with --set: finished ones are never computed again.
    """
    from selfbench import api
    from selfbench.cli.printing import print_report
    from selfbench.params import parse_assignments

    for written in api.ablate(
        ablation,
        dataset,
        seed=parse_seeds(seed),
        settings=parse_assignments(settings or []),
        preset=preset,
        post=post,
        compute=run,
        workers=workers,
        device=device,
        devices=devices,
        plugin=plugin or (),
        data_root=data_root,
        results=results,
    ):
        print_report(written)
