"""Clips for VideoPCA, and its masks of them; also imported by processes of their own."""

import cv2
import numpy as np

from selfbench.contracts import Clip, Run
from selfbench.methods.videopca import VideoPCA
from selfbench.params import build
from selfbench.training.devices import TorchDevices


class ListFrames:
    def __init__(self, frames):
        self.frames = frames
        self.names = [f"{t:05d}" for t in range(len(frames))]

    def __len__(self):
        return len(self.frames)

    def __getitem__(self, index, /):
        return self.frames[index]

    def __iter__(self):
        return iter(self.frames)


def masks(frames, folder, **values):
    videopca = VideoPCA(build(VideoPCA.Params, values, "videopca"))
    predictions = videopca.predict(Clip("clip", ListFrames(frames)), Run(0, folder, TorchDevices()))
    return np.array([prediction.mask for prediction in predictions])


def texture(rng, height, width, low, high):
    small = rng.integers(low, high, (height // 6 + 2, width // 6 + 2, 3), dtype=np.uint8)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)


def moving_square(pan, count=40):
    """A reddish square that circles the middle of a greenish scene; the truth (n, H, W)."""
    rng = np.random.default_rng(7)
    scene = texture(rng, 120, 160 + pan * count, 40, 160)
    scene[..., 0] //= 3
    square = texture(rng, 26, 26, 120, 250)
    square[..., 1] //= 3
    frames, truth = [], np.zeros((count, 120, 160), bool)
    for t in range(count):
        frame = scene[:, pan * t : pan * t + 160].copy()
        y, x = 47 + int(18 * np.sin(t / 4)), 67 + int(22 * np.cos(t / 4))
        frame[y : y + 26, x : x + 26] = square
        truth[t, y : y + 26, x : x + 26] = True
        frames.append(frame)
    return frames, truth
