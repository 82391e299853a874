"""Colour models of foreground and background over a whole shot, and the soft masks they give."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


class ColourBins:
    """Bins of colour: S cos H and S sin H and V, each cut evenly.

    OpenCV's 8-bit HSV has 180 x 256 x 256 values, so tables give exactly the bin of the formula.
    """

    def __init__(self, hue: int, saturation: int, value: int) -> None:
        self.count = hue * saturation * value
        s, h = np.divmod(np.arange(65536), 256)  # a hue and a saturation byte read as one number
        angle = np.deg2rad(2.0 * h)  # OpenCV halves the hue to fit a byte
        x = np.rint((s / 255 * np.cos(angle) + 1) / 2 * (hue - 1))
        y = np.rint((s / 255 * np.sin(angle) + 1) / 2 * (saturation - 1))
        self._chroma = (x + hue * y).astype(np.intp)  # (65536,)
        z = np.rint(np.arange(256) / 255 * (value - 1))
        self._light = (hue * saturation * z).astype(np.intp)  # (256,)

    def index(self, frame: NDArray[np.uint8]) -> NDArray[np.intp]:
        """Return the bin (H, W) of each pixel of an RGB frame (H, W, 3), stretched to 0..255."""
        h, s, v = cv2.split(cv2.cvtColor(stretch(frame), cv2.COLOR_RGB2HSV))
        pairs = cv2.merge([h, s]).view("<u2")[..., 0]  # (H, W), h + 256 s
        bins: NDArray[np.intp] = self._chroma.take(pairs, mode="clip")
        bins += self._light.take(np.asarray(v, np.uint8), mode="clip")
        return bins


def stretch(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the frame min-max normalised over all channels, cut down to whole bytes."""
    low, high = int(frame.min()), int(frame.max())
    levels = np.clip(np.arange(256) - low, 0, max(high - low, 0))
    table = (levels * 255 // max(high - low, 1)).astype(np.uint8)
    return np.asarray(cv2.LUT(frame, table), np.uint8)


class ColourModel:
    """Histograms of foreground and background colours, in pixels, summed frame by frame."""

    def __init__(self, count: int) -> None:
        self.foreground = np.zeros(count, np.int64)
        self.all = np.zeros(count, np.int64)

    def add(self, bins: NDArray[np.intp], foreground: NDArray[np.bool_]) -> None:
        """Count the pixels of one frame: their `bins` (H, W) and which are foreground (H, W)."""
        self.all += np.bincount(bins.ravel(), minlength=len(self.all))
        self.foreground += np.bincount(bins[foreground], minlength=len(self.all))

    def table(self) -> NDArray[np.float32]:
        """Return p_fg / (p_fg + p_bg) of each bin, where both histograms sum to 1; 0 if unseen."""
        background = self.all - self.foreground
        p_fg = self.foreground / max(int(self.foreground.sum()), 1)
        p_bg = background / max(int(background.sum()), 1)
        total = p_fg + p_bg
        ratio = np.divide(p_fg, total, out=np.zeros_like(total), where=total > 0)
        return ratio.astype(np.float32)
