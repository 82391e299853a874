"""Clips made on the spot: noise, nothing that moves, and a square that does."""

import cv2
import numpy as np

from selfbench.contracts import Clip


class Frames(list):
    """Frames with names."""

    @property
    def names(self):
        return [f"{i:05d}" for i in range(len(self))]


def noise(count=6, height=40, width=56, value=None, background=None) -> Clip:
    """Frames of noise, or of one `value`."""
    frames = np.random.default_rng(0).integers(0, 256, (count, height, width, 3), np.uint8)
    if value is not None:
        frames[:] = value
    return Clip("noise", Frames(frames), background=background)


def still(count, size=(48, 96)) -> Clip:
    """The same grey frame again and again."""
    return Clip("still", Frames([np.full((*size, 3), 90, np.uint8)] * count))


def moving_square(count=5, size=(48, 96), seed=0, name="a"):
    """A clip of a textured square that moves over a still texture, and its masks (n, H, W)."""
    rng = np.random.default_rng(seed)
    height, width = size
    small = rng.integers(0, 256, (height // 4, width // 4, 3), np.uint8)
    scene = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    frames, masks = [], []
    for t in range(count):
        frame, mask = scene.copy(), np.zeros(size, bool)
        place = (slice(10, 30), slice(20 + 3 * t, 45 + 3 * t))
        frame[place] = scene[20:40, 50:75]
        mask[place] = True
        frames.append(frame)
        masks.append(mask)
    return Clip(name, Frames(frames)), np.array(masks)


def square_to_the_right(count=6, background=None) -> Clip:
    """A textured square that moves three pixels a frame over a still texture."""
    rng = np.random.default_rng(0)
    small = rng.integers(0, 256, (24, 32, 3), np.uint8)
    scene = cv2.resize(small, (128, 96), interpolation=cv2.INTER_CUBIC)
    frames = []
    for t in range(count):
        frame = scene.copy()
        frame[30:60, 20 + 3 * t : 50 + 3 * t] = scene[60:90, 80:110]
        frames.append(frame)
    return Clip("a", Frames(frames), background=background)
