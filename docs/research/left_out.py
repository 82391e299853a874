"""How a method does on people it has not learnt from, without looking at test clips.

`python docs/research/left_out.py --dataset fs-singles-sim --set recolour=0` trains on the first
half of the training clips and prints best-J and mAP0.5 (of the method's own box, where it gives
one) on the other half and on the validation clips, every sixth frame, at one threshold for both.
Choices are made by this, and reported on the test clips.
"""

from __future__ import annotations

from pathlib import Path

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

from selfbench import load_dataset
from selfbench.params import parse_assignments

METRICS = ("J", "mAP0.5")


def validation_clips(name: str, data_root: Path | None) -> list[str]:
    data = load_dataset(name, data_root=data_root)
    split = data.validation_split
    return [clip.name for clip in data.clips(split)] if split else []


def main() -> None:
    parser = make_parser(__doc__)
    parser.add_argument("--method", default="proposal-stitched")
    parser.add_argument("--dataset", action="append", required=True)
    parser.add_argument("--plugin", action="append", default=[])
    given = parser.parse_args()
    rows = []
    for name in given.dataset:
        validation = validation_clips(name, given.data_root)
        settings = parse_assignments(given.set) | {"left-out.of": name}
        runs = run_seeds(
            given, given.method, "left-out", settings, preset=given.preset, plugin=given.plugin
        )
        for seed, results in runs.items():
            row: dict[str, object] = {"data set": name, "seed": seed}
            for title, is_validation in (("left out", False), ("val", True)):
                for metric in METRICS:
                    clips = clip_values(results, metric)
                    chosen = clips[clips.index.isin(validation) == is_validation]
                    row[f"{title}: {metric}"] = clip_mean(chosen)
            rows.append(row | {"training, s": round(fit_seconds([results])[0])})
    print(markdown(pd.DataFrame(rows).set_index("data set")))
    print(f"\n{' '.join(given.set)} {trained_on(results)}")


if __name__ == "__main__":
    run_script(main)
