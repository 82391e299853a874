"""Mask, dashed boxes, dots and lines drawn over a frame, as the figures of the papers have them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import Image, Marks

RED, BLUE, GREEN, WHITE = (255, 40, 40), (30, 90, 255), (40, 220, 40), (255, 255, 255)
TINT = 0.4  # share of red over the picture in the mask
DOT = 0.03  # radius of a dot of weight 1, share of the shorter side


def overlay(
    frame: Image,
    mask: NDArray[np.bool_],
    boxes: NDArray[np.floating],
    marks: Marks,
) -> Image:
    """Return the frame with the mask tinted and outlined, boxes dashed, and the method's marks.

    Args:
        frame: (H, W, 3), left as it is.
        mask: (H, W).
        boxes: (N, 4), x0 y0 x1 y1 in pixels.
        marks: dots in blue, area and opacity by weight; lines in green.
    """
    import cv2

    height, width = frame.shape[:2]
    thick = max(1, round(min(height, width) / 200))
    picture: Image = frame.copy()
    picture[mask] = ((1 - TINT) * picture[mask] + TINT * np.array(RED)).astype(np.uint8)
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(picture, contours, -1, WHITE, 1)
    picture = _dotted(picture, marks.dots)
    for box in boxes.tolist():
        _dashed(picture, [round(v) for v in box], thick)
    for line in marks.lines.tolist():
        x0, y0, x1, y1 = (round(v) for v in line)
        cv2.line(picture, (x0, y0), (x1, y1), GREEN, thick, cv2.LINE_AA)
    return picture


def _dotted(picture: Image, dots: NDArray[np.floating]) -> Image:
    import cv2

    cover = np.zeros(picture.shape[:2], np.uint8)
    for x, y, weight in dots.tolist():
        share = max(0.0, min(1.0, weight)) ** 0.5
        radius = max(1, round(DOT * share * min(picture.shape[:2])))
        strength = 60 + round(195 * share)
        cv2.circle(cover, (round(x), round(y)), radius, strength, -1, cv2.LINE_AA)
    opacity = cover[..., None] / 255
    return np.asarray((1 - opacity) * picture + opacity * np.array(BLUE), np.uint8)


def _dashed(picture: Image, box: list[int], thick: int) -> None:
    import cv2

    x0, y0, x1, y1 = box[0], box[1], box[2] - 1, box[3] - 1
    dash = 5 * thick
    for x in range(x0, x1 + 1, 2 * dash):
        for y in (y0, y1):
            cv2.line(picture, (x, y), (min(x + dash, x1), y), RED, thick)
    for y in range(y0, y1 + 1, 2 * dash):
        for x in (x0, x1):
            cv2.line(picture, (x, y), (x, min(y + dash, y1)), RED, thick)
