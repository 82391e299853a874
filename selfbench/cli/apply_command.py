"""`selfbench apply`: masks, boxes and an overlay video of one's own unlabelled video."""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from selfbench.cli.options import Device, DeviceCount, Plugins, Post, Settings, chosen_devices
from selfbench.errors import DataError, UsageError

if TYPE_CHECKING:
    from selfbench.stages.plan import Plan

FOLDER = "folder"  # the dataset of one's own frames and videos


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
    preset: Annotated[str | None, typer.Option(help="A named preset of the method.")] = None,
    post: Post = "",
    plugin: Plugins = None,
    device: Device = None,
    devices: DeviceCount = None,
) -> None:
    """Segment one's own video; without --run the method first learns from it, without labels."""
    from selfbench.cli.progress import bar, say
    from selfbench.contracts import Run
    from selfbench.media.export import export
    from selfbench.params import parse_assignments
    from selfbench.plugins.registry import Registry
    from selfbench.stages.plan import data_places, plan_cells
    from selfbench.stages.run import run_cell
    from selfbench.store.atomic import storing
    from selfbench.store.cell_folder import CellStore
    from selfbench.vision.refiners import parse_steps

    registry = Registry(plugin or ())
    on = chosen_devices(device, devices)
    values = parse_assignments(settings or []) | {f"{FOLDER}.path": str(path)}
    if run is not None:
        method, trained = _of_run(run, method)
        values = trained | values
    if not method:
        raise UsageError("apply needs --method NAME, or --run FOLDER of a finished run.")
    (plan,) = plan_cells(
        registry,
        [method],
        [FOLDER],
        [seed],
        values,
        preset,
        data_places(None),
        parse_steps(post),
    )
    work = output / ".selfbench"  # kept, so that the same command continues
    with storing(output, "--output"):  # before minutes of work
        work.mkdir(parents=True, exist_ok=True)
    if run is not None:
        plan = _with_weights(plan, run, work)
    store = CellStore(plan.cell.folder(work))
    with bar(f"{method} on {path}") as (advance, show):
        ran = run_cell(plan, work, advance, show, on)
    if not ran and (weights := store.read_weights()) is not None:
        plan.method.load_weights(weights)  # it draws without having run
    clips = plan.dataset.clips(plan.dataset.test_split)
    with bar("overlay") as (advance, _):
        context = Run(plan.cell.seed, store.folder, devices=on)
        marks = partial(plan.method.marks, run=context)
        written = export(store, clips, output, round(threshold * 20) / 20, marks, advance)
    say(f"{sum(len(clip.frames) for clip in clips)} frames of {len(clips)} clips")
    typer.echo("Written: " + ", ".join(str(file) for file in written))


def _of_run(run: Path, method: str) -> tuple[str, dict[str, str]]:
    """Return the method of a finished run and its parameters as settings."""
    from selfbench.store.cell_folder import CellStore

    manifest = CellStore(run).manifest()
    if manifest.get("status") != "done":
        raise DataError(
            f"{run} is not a finished run; expected a folder like results/<dataset>/<method>/<key>/"
            "seed-0 with a manifest.json."
        )
    if method and method != manifest["method"]:
        raise UsageError(f"{run} is a run of {manifest['method']}, not of {method}; leave out -m.")
    params = manifest["identity"]["params"]
    return manifest["method"], {key: str(v) for key, v in params.items() if v is not None}


def _with_weights(plan: Plan, run: Path, work: Path) -> Plan:
    """Put the weights of `run` where the run stage looks for them, under a key of their own."""
    from selfbench.store.atomic import replacing, storing
    from selfbench.store.cell_folder import WEIGHTS, cell_key
    from selfbench.store.digest import digest_files

    source = run / WEIGHTS
    if not source.exists():
        return plan  # a method that learns nothing
    identity = plan.cell.identity | {"weights": digest_files([source], run)}
    cell = replace(plan.cell, key=cell_key(identity), identity=identity)
    target = cell.folder(work) / WEIGHTS
    with storing(work, "--output"), replacing(target) as part:
        shutil.copy(source, part)
    return replace(plan, cell=cell)
