"""Make the pictures of README and docs: `make demo`, then `python docs/figures.py`.

For each twin one frame, its soft mask and the mask's outline at the best-J threshold.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from selfbench.media.masks import binarise, read_soft_mask
from selfbench.plugins.registry import Registry
from selfbench.stages.plan import data_places, open_dataset
from selfbench.stages.report.aggregate import read_cells

TILE = 216  # pixels
GAP = 6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=Path("results"))
    parser.add_argument("--method", default="videopca")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--frame", type=int, default=60)
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / "images")
    arguments = parser.parse_args()
    registry = Registry()
    columns = []
    for cell in read_cells(arguments.results, registry):
        manifest = cell.manifest
        wanted = manifest["method"] == arguments.method and manifest["seed"] == arguments.seed
        if not wanted or not manifest["dataset"].endswith("-sim"):
            continue
        dataset = open_dataset(
            registry.entry("datasets", manifest["dataset"]), {}, data_places(None)
        )
        clip = dataset.clips(dataset.test_split)[0]
        name = clip.frames.names[arguments.frame]
        folder = arguments.results / manifest["dataset"] / manifest["method"] / manifest["key"]
        soft = read_soft_mask(
            folder / f"seed-{arguments.seed}" / "masks" / clip.name / f"{name}.png"
        )
        level = cell.values["J", "mean", "best-J", "all", ""].level
        columns.append(column(clip.frames[arguments.frame], soft, level))
    if not columns:
        raise SystemExit(f"{arguments.results} has no {arguments.method} on a twin; run make demo.")
    gap = np.full((columns[0].shape[0], GAP, 3), 255, np.uint8)
    sheet = np.hstack([part for c in columns for part in (c, gap)][:-1])
    target = arguments.output / f"{arguments.method}.png"
    cv2.imwrite(str(target), cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR))
    print(target)


def column(frame: NDArray[np.uint8], soft: NDArray[np.uint8], level: float) -> NDArray[np.uint8]:
    """Frame, soft mask and outline below each other."""
    big = cv2.resize(frame, (TILE, TILE), interpolation=cv2.INTER_CUBIC)
    heat = cv2.cvtColor(cv2.applyColorMap(soft, cv2.COLORMAP_VIRIDIS), cv2.COLOR_BGR2RGB)
    heat = cv2.resize(heat, (TILE, TILE), interpolation=cv2.INTER_CUBIC)
    mask = cv2.resize(binarise(soft, level).astype(np.uint8), (TILE, TILE))
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outlined = cv2.drawContours(big.copy(), contours, -1, (255, 40, 40), 2, cv2.LINE_AA)
    gap = np.full((GAP, TILE, 3), 255, np.uint8)
    return np.vstack([big, gap, heat, gap, outlined])


if __name__ == "__main__":
    main()
