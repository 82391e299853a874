"""`evaluate` and `apply`: masks that somebody else made, and video of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from selfbench.api.context import (
    Names,
    Place,
    Plugins,
    Settings,
    as_list,
    make_context,
    open_named,
)
from selfbench.errors import UsageError
from selfbench.plugins.roles import role
from selfbench.stages.apply import Applied, apply_plan, trained_run
from selfbench.stages.evaluate import Evaluation, evaluate_folder, keep
from selfbench.stages.plan import plan_cells
from selfbench.stages.score import load_metrics
from selfbench.vision.refiners import parse_steps


def evaluate(
    predictions: Place,
    dataset: str,
    *,
    split: str | None = None,
    sequences: Names = (),
    soft: bool = False,
    name: str | None = None,
    metric: Names | None = None,
    settings: Settings | None = None,
    workers: int | None = None,
    plugin: Plugins = (),
    data_root: Place | None = None,
    results: Place | None = None,
) -> Evaluation:
    """Score masks that somebody else made, against a dataset's truth.

    Args:
        predictions: folder of `<sequence>/<frame>.png`.
        dataset: its name.
        split: of the dataset; None: its test split.
        sequences: only these; none: all of the split.
        soft: masks are soft (0 to 255) and the threshold is searched; else labels above zero are
            foreground.
        name: of the method, for tables; None: the folder's.
        metric: names of metrics; None: those that the dataset's papers report.
        settings: `NAME.key` -> value of the dataset.
        workers: as for `run`, like what follows.
        results: keep the scores there too; None: nowhere.

    Raises:
        DataError: if masks are missing, superfluous, unreadable or of another size.
        UsageError: for an unknown name.
    """
    context = make_context(plugin, data_root, workers=workers)
    data = open_named(context, dataset, settings or {})
    folder = Path(predictions)
    evaluation = evaluate_folder(
        folder,
        data,
        split or data.test_split,
        [part.strip() for text in as_list(sequences) for part in text.split(",")],
        soft,
        load_metrics(context.registry, as_list(metric), data),
        context.workers,
        name or folder.resolve().name,
    )
    if results is not None:
        keep(evaluation, Path(results))
    return evaluation


def apply(
    path: Place,
    method: str = "",
    *,
    trained: Place | None = None,
    output: Place = "applied",
    threshold: float = 0.5,
    seed: int = 0,
    settings: Settings | None = None,
    preset: str | None = None,
    post: str = "",
    device: str | None = None,
    devices: int | None = None,
    plugin: Plugins = (),
    quiet: bool = False,
) -> Applied:
    """Segment your own video; without `trained` the method first learns from it, without labels.

    Args:
        path: a video, or a folder of frames or videos.
        method: its name; it can be left out with `trained`.
        trained: folder of a finished run to take the weights from.
        output: folder for masks/, boxes.json and overlay/.
        threshold: of the soft masks, in steps of 0.05.
        seed: as for `run`, like all that follow.

    Raises:
        UsageError: if no method is named.
        DataError: if there is no video, or `trained` is no finished run.
    """
    context = make_context(plugin, None, workers=1, device=device, devices=devices, quiet=quiet)
    footage = role("footage")
    values: dict[str, Any] = {**(settings or {}), f"{footage}.path": str(path)}
    if trained is not None:
        method, learnt = trained_run(Path(trained), method)
        values = {**learnt, **values}
    if not method:
        raise UsageError("apply needs --method NAME, or --run FOLDER of a finished run.")
    (plan,) = plan_cells(
        context.registry,
        [method],
        [footage],
        [seed],
        values,
        preset,
        context.source.where,
        parse_steps(post),
    )
    weights = None if trained is None else Path(trained)
    return apply_plan(
        plan, Path(output), threshold, weights, context.source.devices, context.progress
    )
