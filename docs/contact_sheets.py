"""Draw docs/images/<dataset>.png, what each twin looks like: `python docs/contact_sheets.py`.

Rows: two training clips, then two test clips (other people). Columns: one clip over time; every
other frame carries the outline of the true mask.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from selfbench.datasets.twins.fs_singles_sim import FSSinglesSim
from selfbench.datasets.twins.h36m_sim import H36MSim
from selfbench.datasets.twins.handheld_sim import HandheldSim
from selfbench.datasets.twins.render import render
from selfbench.datasets.twins.ski_ptz_sim import SkiPTZSim
from selfbench.datasets.twins.twin import Params, Twin

TILES = {"h36m-sim": (192, 192)}
WIDE = (232, 130)
MOMENTS = (6, 66, 126, 186)


def sheet(twin: type[Twin]) -> np.ndarray:
    width, height = TILES.get(twin.name, WIDE)
    params = Params(width=width, height=height)
    rows = []
    for split, index in (("train", 0), ("train", 1), ("test", 0), ("test", 1)):
        take = twin.take(params, split, index)
        tiles = []
        for column, moment in enumerate(MOMENTS):
            picture, mask = render(take, moment)
            if column % 2:
                outline, _ = cv2.findContours(
                    mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
                )
                cv2.drawContours(picture, outline, -1, (255, 40, 40), 1)
            tiles.append(
                cv2.copyMakeBorder(picture, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(255,) * 3)
            )
        rows.append(np.hstack(tiles))
    return np.vstack(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / "images")
    given = parser.parse_args()
    cv2.setNumThreads(1)
    given.output.mkdir(parents=True, exist_ok=True)
    for twin in (FSSinglesSim, SkiPTZSim, HandheldSim, H36MSim):
        path = given.output / f"{twin.name}.png"
        picture = sheet(twin) & 0xFC  # noise does not compress: two bits less halve the file
        Image.fromarray(picture).save(path, optimize=True)
        print(f"{path} ({path.stat().st_size // 1024} kB)")


if __name__ == "__main__":
    main()
