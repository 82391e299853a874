"""CIS on DAVIS: J per sequence after every step of inference: `python docs/research/cis.py`.

Trains without labels on all DAVIS 2016 sequences there are, predicts the val ones, and prints J
next to VideoPCA's; with `--ideal` flow is made from the truth, and J is of all sequences, as in
Table 1 of Yang et al. 2019. All steps of inference come from one training.
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
import pandas as pd
from common import (
    clip_values,
    fit_seconds,
    make_parser,
    markdown,
    run_script,
    run_seeds,
    spread,
    trained_on,
    value,
)

from selfbench import Results
from selfbench.methods.cis import CIS
from selfbench.params import build, parse_assignments


def inference_steps(settings: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what shows the masks after each step; the last is the method as it is.

    Steps that change nothing under these settings are left out.
    """
    steps = {
        "pairs as in training": {"smooth": 0.0, "crf": False},
        "pairs at test time": {"smooth": 0.0, "crf": False},
        "+ along flow": {"crf": False},
        "+ CRF": {},
    }
    own = {name.removeprefix("cis."): text for name, text in settings.items()}
    known = {name: text for name, text in own.items() if "." not in name}
    steps["pairs as in training"]["test_reach"] = build(CIS.Params, known, CIS.name).reach
    first: dict[Any, str] = {}  # parameters -> the first step that has them
    for label, step in steps.items():
        first.setdefault(build(CIS.Params, known | step, CIS.name), label)
    return {label: steps[label] for label in first.values()}


def column(runs: dict[int, Results]) -> pd.Series:
    """Return J of each sequence, and over them: mean and deviation of seeds, and at 0.5."""
    sequences = sum(clip_values(results, "J")["value"] for results in runs.values()) / len(runs)
    means = [value(results, "J") for results in runs.values()]
    fixed = [value(results, "J", threshold="0.5") for results in runs.values()]
    overall = pd.Series({"mean": spread(means), "mean at 0.5": f"{np.mean(fixed):.3f}"})
    return pd.concat([sequences, overall])


def training(results: Results) -> str:
    """Return how long it took, and what the log says of a collapse."""
    log = results.log()
    log = log[log["stage"] == "adversaries"].pivot_table("value", "step", "name")
    region, generator = log["region"], log["generator"]
    return (
        f"{fit_seconds([results])[0] / 60:.1f} minutes; the smaller region fills "
        f"{region.iloc[-1]:.3f} of an image at the end, {region.min():.3f} at least; generator's "
        f"loss {generator.iloc[-1]:.2f}"
    )


def main() -> None:
    parser: argparse.ArgumentParser = make_parser(__doc__)
    parser.add_argument("--ideal", action="store_true", help="flow made from the truth")
    given = parser.parse_args()
    dataset = "davis-2016-trainval" if given.ideal else "davis-2016-all"
    settings: dict[str, Any] = parse_assignments(given.set)
    data = {name: text for name, text in settings.items() if name.startswith(f"{dataset}.")}
    if given.ideal:
        data |= {f"{dataset}.ideal_flow": "true"}
        settings |= {"cis.flow": "clip"}
    columns = {"VideoPCA": column(run_seeds(given, "videopca", dataset, data))}
    trained: dict[int, Results] = {}  # by seed; others have its weights
    for label, step in inference_steps(settings).items():
        own = {f"cis.{name}": setting for name, setting in step.items()}
        runs = run_seeds(given, "cis", dataset, settings | data | own, preset=given.preset)
        columns[label] = column(runs)
        trained |= {seed: results for seed, results in runs.items() if not results.log().empty}
    print(markdown(pd.DataFrame(columns).rename_axis("J")))
    for seed, results in trained.items():
        print(f"\nseed {seed}: {training(results)}; {trained_on(results)}")


if __name__ == "__main__":
    run_script(main)
