"""Images that the checks' tests look at."""

import numpy as np
from PIL import Image as Pillow


def picture(seed: int, height: int = 48, width: int = 64) -> np.ndarray:
    """A smooth image of its own, as photographs are."""
    grid = np.random.default_rng(seed).integers(0, 256, (5, 6, 3), np.uint8)
    return np.array(Pillow.fromarray(grid).resize((width, height), Pillow.Resampling.BICUBIC))
