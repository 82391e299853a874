"""proposal-is and proposal-stitched on real video: `python docs/research/davis_proposals.py`.

Trains each without labels on every DAVIS 2016 sequence there is, and prints best-J and mAP0.5 (of
the detector's box, and of the tight box around the mask) per sequence, next to VideoPCA's and
stitched-difference's; first and last frames are left out. Like every run it can be killed and
continued.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from common import (
    clip_mean,
    clip_values,
    fit_seconds,
    make_parser,
    markdown,
    run_script,
    run_seeds,
    trained_on,
)

from selfbench.params import parse_assignments

DATASET = "davis-2016-trainval"
TRAINED = ("proposal-is", "proposal-stitched")
METHODS = (*TRAINED, "videopca", "stitched-difference")


def main() -> None:
    parser = make_parser(__doc__)
    parser.add_argument("--sequences", default="", help="comma list [all there are]")
    given = parser.parse_args()
    columns, minutes = {}, {}
    for method in METHODS:
        settings: dict[str, str] = {f"{DATASET}.sequences": given.sequences}
        if method in TRAINED:
            settings = parse_assignments(given.set) | settings
        runs = run_seeds(given, method, DATASET, settings)
        for title, metric, boxes in (
            ("J", "J", ""), ("mAP0.5", "mAP0.5", "own"), ("of masks", "mAP0.5", "mask")
        ):  # fmt: skip
            if boxes == "own" and method == "videopca":
                continue
            seeds = [clip_values(results, metric, boxes) for results in runs.values()]
            column = sum(clips["value"] for clips in seeds) / len(seeds)
            column["all"] = np.mean([clip_mean(clips) for clips in seeds])
            columns[f"{method}: {title}"] = column
        minutes[method] = np.mean(fit_seconds(runs.values())) / 60
    print(markdown(pd.DataFrame(columns).rename_axis("sequence"), 2))
    trained = ", ".join(f"{name} {m:.1f}" for name, m in minutes.items() if m)
    machine = trained_on(next(iter(runs.values())))
    print(f"\n{len(given.seed)} seed(s). Minutes of training: {trained}. {machine}")


if __name__ == "__main__":
    run_script(main)
