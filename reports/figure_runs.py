"""Which runs a figure shows, in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from selfbench.contracts import StoredRun
from selfbench.errors import DataError
from selfbench.reports.predictions import Predictions
from selfbench.stages.row_names import plain_name


@dataclass(frozen=True)
class ShownRuns:
    """The runs of one figure."""

    dataset: str
    runs: tuple[Predictions, ...]  # one per method; box and marks are those of the first
    missing: tuple[str, ...]  # methods that have no run with the seed

    @property
    def methods(self) -> list[str]:
        """Their names, one per run."""
        return [run.method for run in self.runs]


def choose_runs(stored: Sequence[StoredRun], seed: int, order: Sequence[str]) -> list[ShownRuns]:
    """Return the runs to show of each dataset: of each method the newest with `seed`.

    Args:
        stored: all there are, oldest first.
        seed: the only one that is shown.
        order: methods that come first.

    Raises:
        DataError: if there is none, one that `order` names is not among them, or those of a
            dataset are of different versions of it.
    """
    by_dataset: dict[str, dict[str, Predictions | None]] = {}  # dataset -> method -> its run
    for run in stored:
        runs = by_dataset.setdefault(run.dataset, {})
        runs.setdefault(run.method, None)
        if int(run.manifest["seed"]) == seed:
            runs[run.method] = Predictions(run)
    chosen = []
    for dataset, runs in by_dataset.items():
        shown = [run for run in runs.values() if run is not None]
        shown.sort(key=lambda run: _rank(run.method, order))
        missing = tuple(method for method, run in runs.items() if run is None)
        if shown:
            _check_versions(dataset, shown)
            chosen.append(ShownRuns(dataset, tuple(shown), missing))
    if not chosen:
        raise _no_such_seed(stored, seed)
    _check_order(chosen, order, seed)
    return chosen


def _rank(method: str, order: Sequence[str]) -> int:
    return next((i for i, name in enumerate(order) if _is_called(method, name)), len(order))


def _is_called(method: str, name: str) -> bool:
    return name in (method, plain_name(method))


def _no_such_seed(stored: Sequence[StoredRun], seed: int) -> DataError:
    seeds = sorted({int(run.manifest["seed"]) for run in stored})
    return DataError(
        f"There is no finished run with seed {seed} to show (there are seeds: "
        f"{', '.join(map(str, seeds)) or 'none'}); `selfbench run --seed {seed}` makes one, "
        "--set seed=... shows another."
    )


def _check_order(chosen: Sequence[ShownRuns], order: Sequence[str], seed: int) -> None:
    methods = list(dict.fromkeys(method for shown in chosen for method in shown.methods))
    for name in order:
        if not any(_is_called(method, name) for method in methods):
            raise DataError(
                f"order={name}: there is no finished run of {name} with seed {seed} among those "
                f"to show (there are: {', '.join(methods)})."
            )


def _check_versions(dataset: str, runs: Sequence[Predictions]) -> None:
    if len({run.frames_digest for run in runs}) > 1:
        raise DataError(
            f"The runs of {', '.join(run.method for run in runs)} are of different versions of "
            f"{dataset}; run them again, or name those of one version with --method."
        )
