"""Make the pictures of README and docs: `make demo`, then `python docs/figures.py`.

For each twin one frame, its soft mask and the mask's outline at the best-J threshold.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

import selfbench
from selfbench.media.masks import binarise, read_soft_mask
from selfbench.store.scores import read_info

TILE = 216  # pixels
GAP = 6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=Path("results"))
    parser.add_argument("--method", default="videopca")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--frame", type=int, default=60)
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / "images")
    given = parser.parse_args()
    stored = selfbench.stored(method=given.method, dataset="*-sim", results=given.results)
    columns = []
    for run in stored.runs:
        scores = read_info(run.folder, "J")
        if run.manifest["seed"] != given.seed or scores is None:
            continue
        dataset = stored.material.open_dataset(run)
        clip = dataset.clips(dataset.test_split)[0]
        name = f"{clip.frames.names[given.frame]}.png"
        soft = read_soft_mask(run.folder / "masks" / clip.name / name)
        columns.append(column(clip.frames[given.frame], soft, scores.levels["best-J"]))
    if not columns:
        raise SystemExit(f"{given.results} has no {given.method} on a twin; run make demo.")
    gap = np.full((columns[0].shape[0], GAP, 3), 255, np.uint8)
    sheet = np.hstack([part for one in columns for part in (one, gap)][:-1])
    given.output.mkdir(parents=True, exist_ok=True)
    target = given.output / f"{given.method}.png"
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
