"""Mean and worst over seeds of mAP0.5 and best-J, per data set and over all of them.

`python docs/research/three_seeds.py --method proposal-is --dataset '*-sim'` runs what is missing,
as `selfbench run` would, and takes finished cells as they are.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from common import fit_seconds, make_parser, markdown, run_script, run_seeds, trained_on

from selfbench import Results

METRICS = ("mAP0.5", "J")


def training_times(runs: Sequence[Results]) -> pd.Series:
    """Return the mean time per method and data set, in seconds."""
    rows = [
        (run.method, run.dataset, seconds)
        for results in runs
        for run, seconds in zip(results.runs, fit_seconds([results]), strict=True)
    ]
    times = pd.DataFrame(rows, columns=["method", "dataset", "training, s"])
    return times.groupby(["method", "dataset"])["training, s"].mean()


def main() -> None:
    parser = make_parser(__doc__, seed="0-2")
    parser.add_argument("--method", action="append", required=True)
    parser.add_argument("--dataset", action="append", required=True)
    parser.add_argument("--plugin", action="append", default=[])
    given = parser.parse_args()
    by_seed = run_seeds(
        given, given.method, given.dataset, preset=given.preset, plugin=given.plugin
    )
    runs = list(by_seed.values())
    values = pd.concat([results.table() for results in runs])
    values = values[values["metric"].isin(METRICS)]
    overall = values.assign(dataset=f"all {values['dataset'].nunique()}")
    both = pd.concat([values, overall]).groupby(["method", "dataset", "metric"], sort=False)
    texts = both["mean"].agg(lambda seeds: f"{seeds.mean():.3f} / {seeds.min():.3f}")
    table = texts.unstack("metric")[list(METRICS)].join(training_times(runs))
    print(f"Mean / worst of seeds {', '.join(map(str, given.seed))}, test clips\n")
    print(markdown(table.reset_index("dataset"), 0))
    print(f"\n{trained_on(runs[0])}")


if __name__ == "__main__":
    run_script(main)
