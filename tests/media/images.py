"""Images that the tests of media write."""

from pathlib import Path

import numpy as np
from PIL import Image as Pillow

COLOURS = np.random.default_rng(0).integers(0, 256, (6, 8, 3), dtype=np.uint8)


def save(path: Path, image: Pillow.Image | np.ndarray, **options: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    (image if isinstance(image, Pillow.Image) else Pillow.fromarray(image)).save(path, **options)
    return path


def palette(indices: np.ndarray) -> Pillow.Image:
    image = Pillow.fromarray(indices).convert("P")
    image.putdata(indices.ravel().tolist())
    image.putpalette([255, 0, 0, 0, 255, 0, 0, 0, 255] + [9] * 759)
    return image
