"""A square that moves over a textured scene under a moving camera."""

import cv2
import numpy as np

H, W, COUNT = 96, 128, 40


def scene(seed=0):
    small = np.random.default_rng(seed).integers(0, 256, (60, 120, 3), np.uint8)
    return cv2.resize(small, (480, 240), interpolation=cv2.INTER_CUBIC)


def camera(t):
    """What the camera sees of the scene at time t: it pans and zooms."""
    zoom = 1 + 0.004 * t
    return np.array([[zoom, 0, -60.0 - 3 * t], [0, zoom, -60.0], [0, 0, 1]])


def video(count=COUNT, pan=camera, seed=0):
    """Return frames with a square, and the same without."""
    frames, empty = [], []
    for t in range(count):
        image = cv2.warpPerspective(scene(seed), pan(t), (W, H))
        empty.append(image)
        image = image.copy()
        x = 20 + 2 * t
        image[30:60, x : x + 15] = (255, 0, 0)
        frames.append(image)
    return frames, empty
