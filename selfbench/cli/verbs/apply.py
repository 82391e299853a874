"""`selfbench apply`: masks, boxes and an overlay video of one's own unlabelled video."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from selfbench.cli.options import Device, DeviceCount, Plugins, Post, Preset, Settings


def apply(
    path: Annotated[Path, typer.Argument(help="A video, or a folder of frames or videos.")],
    method: Annotated[str, typer.Option("--method", "-m", help="Which method.")] = "",
    run: Annotated[
        Path | None, typer.Option(help="A finished run to take the trained weights from.")
    ] = None,
    output: Annotated[Path, typer.Option(help="Where to write.")] = Path("applied"),
    threshold: Annotated[
        float, typer.Option(min=0.05, max=0.95, help="Of the soft masks, in steps of 0.05.")
    ] = 0.5,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    settings: Settings = None,
    preset: Preset = None,
    post: Post = "",
    plugin: Plugins = None,
    device: Device = None,
    devices: DeviceCount = None,
) -> None:
    """Segment one's own video; without --run the method first learns from it, without labels."""
    from selfbench import api
    from selfbench.params import parse_assignments
    from selfbench.stages.progress import Progress

    applied = api.apply(
        path,
        method,
        trained=run,
        output=output,
        threshold=threshold,
        seed=seed,
        settings=parse_assignments(settings or []),
        preset=preset,
        post=post,
        device=device,
        devices=devices,
        plugin=plugin or (),
    )
    clips = applied.clips
    Progress().say(f"{sum(clips.values())} frames of {len(clips)} clips")
    typer.echo("Written: " + ", ".join(map(str, applied.written)))
