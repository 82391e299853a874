"""Mean and worst over seeds of mAP0.5 and best-J, per data set and over all of them.

`python docs/research/three_seeds.py --method proposal-is --dataset '*-sim'` runs what is missing,
as `selfbench run` would, and takes finished cells as they are.
"""

from __future__ import annotations

import pandas as pd
from common import fit_seconds, make_parser, markdown, run_script, run_seeds, trained_on

METRICS = ("mAP0.5", "J")


def main() -> None:
    parser = make_parser(__doc__, seed="0-2")
    parser.add_argument("--method", action="append", required=True)
    parser.add_argument("--dataset", action="append", required=True)
    parser.add_argument("--plugin", action="append", default=[])
    given = parser.parse_args()
    runs = run_seeds(
        given, given.method, given.dataset, preset=given.preset, plugin=given.plugin
    ).values()
    values = pd.concat([results.table() for results in runs])
    values = values[values["metric"].isin(METRICS)]
    overall = values.assign(dataset=f"all {values['dataset'].nunique()}")
    both = pd.concat([values, overall]).groupby(["method", "dataset", "metric"], sort=False)
    texts = both["mean"].agg(lambda seeds: f"{seeds.mean():.3f} / {seeds.min():.3f}")
    table = texts.unstack("metric").reset_index("dataset")[["dataset", *METRICS]]
    print(f"Mean / worst of seeds {', '.join(map(str, given.seed))}, test clips\n")
    print(markdown(table))
    seconds = fit_seconds(runs)
    print(f"\nTraining {sum(seconds) / len(seconds):.0f} s a run; {trained_on(next(iter(runs)))}")


if __name__ == "__main__":
    run_script(main)
