"""The table of all methods on all procedural twins, for the README.

`python docs/twins_table.py --results results` reads what is stored and prints Markdown: J at the
best-J threshold and mAP0.5 per twin and over all, mean over the seeds that there are.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

import selfbench
from selfbench.reports.marks import OURS

METRICS = ("J", "mAP0.5")
SIGHT = {"image": "the frame", "flow": "flow", "video": "the video", "": "?"}


def methods_table(folders: list[Path]) -> pd.DataFrame:
    """Return a line per method, the best mean J first."""
    rows: dict[str, dict[str, object]] = {}
    seeds: dict[str, set[int]] = {}
    for folder in folders:
        for record in selfbench.stored(results=folder).material.records:
            usual = record.usual_threshold and record.usual_frames and record.usual_boxes
            twin = record.dataset.endswith("-sim")
            if record.metric in METRICS and record.statistic == "mean" and usual and twin:
                name = record.method + OURS * record.ours
                row = rows.setdefault(name, {"sees": SIGHT[record.sees]})
                row[f"{record.dataset.removesuffix('-sim')}: {record.metric}"] = record.mean
                seeds.setdefault(name, set()).update(record.seeds)
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("method")
    for metric in METRICS:
        columns = [name for name in table if name.endswith(f": {metric}")]
        table[f"all: {metric}"] = table[columns].mean(axis=1, skipna=False)
    table.insert(1, "seeds", {name: len(of) for name, of in seeds.items()})
    return table.sort_values("all: J", ascending=False, na_position="last")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, action="append", required=True)
    table = methods_table(parser.parse_args().results)
    print(f"| method | {' | '.join(table)} |\n|{'---|' * (len(table.columns) + 1)}")
    for name, row in table.iterrows():
        cells = [f"{v:.3f}" if isinstance(v, float) and v == v else str(v) for v in row]
        print(f"| {name} | {' | '.join('–' if cell == 'nan' else cell for cell in cells)} |")


if __name__ == "__main__":
    main()
