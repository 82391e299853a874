"""Frames of a known motion: a textured square that moves over a background a homography moves."""

import cv2
import numpy as np

H, W = 120, 160
CAMERA = np.array([[1.02, 0.01, 6.0], [-0.01, 1.01, -4.0], [5e-5, 2e-5, 1.0]])


class Frames(list):
    """Frames in memory; implements `contracts.Frames`."""

    @property
    def names(self):
        return [f"{i:05d}" for i in range(len(self))]


def texture(seed, height=H + 80, width=W + 80):
    small = np.random.default_rng(seed).integers(0, 256, (height // 4, width // 4, 3), np.uint8)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)


def scene(camera=None, move=(0, 0), seed=0):
    """A frame: the background seen through `camera` (3, 3), the square shifted by `move`."""
    matrix = np.eye(3) if camera is None else camera
    margin = np.array([[1, 0, 40], [0, 1, 40], [0, 0, 1.0]])  # nothing black enters the picture
    frame = cv2.warpPerspective(
        texture(seed), matrix @ np.linalg.inv(margin), (W, H), flags=cv2.INTER_LINEAR
    )
    x, y = 60 + move[0], 40 + move[1]
    frame[y : y + 40, x : x + 40] = texture(seed + 100)[:40, :40]
    return frame


def moving(count, seed, step=3):
    """Frames in which the square moves by `step` pixels to the right each time."""
    return [scene(move=(step * t - 20, 0), seed=seed) for t in range(count)]
