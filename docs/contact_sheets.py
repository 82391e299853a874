"""Draw docs/images/<dataset>.png, what each twin looks like: `python docs/contact_sheets.py`.

Rows: two training clips, then two test clips (other people). Columns: one clip over time; every
other frame carries the outline of the true mask.
"""

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from selfbench.datasets.twins.fs_singles_sim import FSSinglesSim
from selfbench.datasets.twins.h36m_sim import H36MSim
from selfbench.datasets.twins.handheld_sim import HandheldSim
from selfbench.datasets.twins.render import render
from selfbench.datasets.twins.ski_ptz_sim import SkiPTZSim
from selfbench.datasets.twins.twin import Params

TILES = {"h36m-sim": (192, 192)}
WIDE = (232, 130)
MOMENTS = (6, 66, 126, 186)


def sheet(
    kind: type[FSSinglesSim] | type[SkiPTZSim] | type[HandheldSim] | type[H36MSim],
) -> np.ndarray:
    width, height = TILES.get(kind.name, WIDE)
    params = Params(width=width, height=height)
    rows = []
    for split, index in (("train", 0), ("train", 1), ("test", 0), ("test", 1)):
        take = kind.take(params, split, index)
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
    cv2.setNumThreads(1)
    folder = Path(__file__).parent / "images"
    folder.mkdir(exist_ok=True)
    for kind in (FSSinglesSim, SkiPTZSim, HandheldSim, H36MSim):
        path = folder / f"{kind.name}.png"
        picture = sheet(kind) & 0xFC  # noise does not compress: two bits less halve the file
        Image.fromarray(picture).save(path, optimize=True)
        print(f"{path} ({path.stat().st_size // 1024} kB)")


if __name__ == "__main__":
    main()
