"""`run`, `score` and `ablate`: what computes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from selfbench.api.context import (
    RESULTS,
    Context,
    Names,
    Place,
    Plugins,
    Settings,
    as_list,
    as_seeds,
    make_context,
)
from selfbench.errors import DataError, SelfbenchError
from selfbench.launchers import run_serially
from selfbench.plugins.roles import role
from selfbench.stages.ablate import gather_ablation, stored_plans
from selfbench.stages.plan import Plan, plan_ablation, plan_cells
from selfbench.stages.protocol import Asked
from selfbench.stages.reopen import reopen_dataset
from selfbench.stages.report import ReportFiles, gather, report_kind, write_report
from selfbench.stages.results import Results
from selfbench.stages.score import load_metrics, score_cell
from selfbench.vision.refiners import parse_steps


class FailedCellsError(SelfbenchError):
    """Some of the cells failed; `results` holds the others."""

    def __init__(self, text: str, results: Results) -> None:
        super().__init__(text)
        self.results = results


def run(
    method: Names,
    dataset: Names,
    *,
    seed: int | Iterable[int] = 0,
    settings: Settings | None = None,
    preset: str | None = None,
    post: str = "",
    workers: int | None = None,
    device: str | None = None,
    devices: int | None = None,
    plugin: Plugins = (),
    data_root: Place | None = None,
    results: Place = RESULTS,
    quiet: bool = False,
) -> Results:
    """Fit methods on unlabelled clips, predict, score; finished cells are never computed again.

    Args:
        method: names of methods.
        dataset: names of datasets.
        seed: one or several.
        settings: `key` -> value for all methods, `NAME.key` -> value for one method or dataset.
        preset: a named preset of the methods.
        post: steps after prediction, e.g. "crf,boxes" or "grabcut:0.3".
        workers: processes for scoring; None: one per processor.
        device: cpu, cuda or auto; None: what SELFBENCH_DEVICE says, else auto.
        devices: how many to train on at once; None: what SELFBENCH_DEVICES says, else 1.
        plugin: Python files with plug-ins of your own.
        data_root: folder that holds DAVIS/, ...; None: what SELFBENCH_DATA says.
        results: folder of all results.
        quiet: neither bars nor lines on standard error.

    Returns:
        The runs that were asked for.

    Raises:
        UsageError: for unknown names and refused settings, before anything is computed.
        DataError: if a dataset is missing.
        FailedCellsError: if some cells failed; all others are computed.
    """
    context = make_context(plugin, data_root, results, workers, device, devices, quiet)
    plans = plan_cells(
        context.registry,
        as_list(method),
        as_list(dataset),
        as_seeds(seed),
        dict(settings or {}),
        preset,
        context.source.where,
        parse_steps(post),
    )
    failures = _run_all([(plan.cell.method, plan) for plan in plans], context)
    return _finish(_of_cells(plans, context), failures, len(plans))


def score(
    method: Names | None = None,
    dataset: Names | None = None,
    *,
    metric: Names | None = None,
    workers: int | None = None,
    plugin: Plugins = (),
    data_root: Place | None = None,
    results: Place = RESULTS,
    quiet: bool = False,
) -> Results:
    """Score finished runs, with more metrics for example; other scores stay.

    Args:
        method: names of methods; None: all.
        dataset: names of datasets; None: all.
        metric: names of metrics; None: those that each dataset's papers report.
        workers: as for `run`, like all that follow.

    Raises:
        DataError: if no finished run matches, or frames have changed since a run.
        UsageError: for an unknown metric.
    """
    context = make_context(plugin, data_root, results, workers, quiet=quiet)
    names = as_list(metric)
    material = gather(context.source, as_list(method) or None, as_list(dataset) or None)
    done = [run for run in material.runs if run.manifest["status"] == "done"]
    if not done:
        raise DataError(f"There are no finished runs below {results} that match.")
    for stored in done:
        data = reopen_dataset(stored, context.registry, context.source.where)
        metrics = load_metrics(context.registry, names, data)
        fresh = score_cell(stored.folder, data, metrics, context.workers)
        context.progress.say(f"{stored.folder}: {'scored' if fresh else 'up to date'}")
    return Results(
        gather(context.source, as_list(method) or None, as_list(dataset) or None), context.source
    )


def ablate(
    ablation: Names,
    dataset: Names,
    *,
    seed: int | Iterable[int] = 0,
    settings: Settings | None = None,
    preset: str | None = None,
    post: str = "",
    compute: bool = True,
    workers: int | None = None,
    device: str | None = None,
    devices: int | None = None,
    plugin: Plugins = (),
    data_root: Place | None = None,
    results: Place = RESULTS,
    quiet: bool = False,
) -> Iterator[ReportFiles]:
    """Run every row of ablations; yield the files of each as it is finished.

    Args:
        ablation: names of ablations.
        dataset: names of datasets.
        seed: as for `run`, like all others.
        compute: False: only report what is finished.

    Raises:
        FailedCellsError: at the end, if some cells failed.
    """
    context = make_context(plugin, data_root, results, workers, device, devices, quiet)
    source = context.source
    chosen = [e.load() for e in context.registry.select("ablations", as_list(ablation))]
    # All plans first: a wrong name in the last ablation must not show after hours.
    planned = [
        plan_ablation(
            context.registry,
            one,
            as_list(dataset),
            as_seeds(seed),
            dict(settings or {}),
            preset,
            source.where,
            parse_steps(post),
        )
        for one in chosen
    ]
    failures: list[SelfbenchError] = []
    cells = 0
    for one, rows in zip(chosen, planned, strict=True):
        plans = stored_plans(rows, source)
        asked = [(f"'{label}'", plan) for label, row in plans.items() for plan in row]
        failed = _run_all(asked, context) if compute else []
        if not compute or len(failed) < len(asked):
            material = gather_ablation(one, plans, source)
            kind = report_kind(context.registry, role("ablation"), {})
            yield write_report(kind, material, Asked(), source)
        failures += failed
        cells += len(asked) if compute else 0
    _finish(Results(gather(source), source), failures, cells)


def _run_all(plans: Sequence[tuple[str, Plan]], context: Context) -> list[SelfbenchError]:
    source = context.source
    return run_serially(
        plans, context.registry, source.results, context.workers, source.devices, context.progress
    )


def _of_cells(plans: Sequence[Plan], context: Context) -> Results:
    """Return the results of given cells alone."""
    cells = {(plan.cell.key, plan.cell.seed) for plan in plans}
    rows = [plan.cell.method for plan in plans], [plan.cell.dataset for plan in plans]
    methods, datasets = (list(dict.fromkeys(names)) for names in rows)
    material = gather(context.source, methods, datasets, cells=cells)
    return Results(material, context.source)


def _finish(results: Results, failures: Sequence[SelfbenchError], cells: int) -> Results:
    if not failures:
        return results
    if len(failures) == cells == 1:
        raise failures[0]
    finished = f"{cells - len(failures)} of {cells} cells finished"
    raise FailedCellsError(f"{finished}; {' '.join(map(str, failures))}", results) from failures[0]
