"""The official DAVIS functions written plainly, and the official figures: what the tests trust.

`benchmarks/metrics.py` measures these functions too, so each does what the official code does:
dense boolean arrays, an elliptic kernel built anew for each frame, two full-size dilations.
"""

from __future__ import annotations

import csv
import functools
import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from selfbench.contracts.bitmask import BitMask

METHODS = ("osvos", "rvos")


def iou(truth, prediction, void=None):
    truth, prediction = truth.astype(bool), prediction.astype(bool)
    void = np.zeros_like(truth) if void is None else void.astype(bool)
    intersection = np.sum((prediction & truth) & np.logical_not(void), axis=(-2, -1))
    union = np.sum((prediction | truth) & np.logical_not(void), axis=(-2, -1))
    return 1 if np.isclose(union, 0) else intersection / union


def boundary_map(mask):
    """Mark a pixel that differs from its right, lower or lower right neighbour."""
    mask = mask.astype(bool)
    right, below, corner = np.zeros_like(mask), np.zeros_like(mask), np.zeros_like(mask)
    right[:, :-1] = mask[:, 1:]
    below[:-1] = mask[1:]
    corner[:-1, :-1] = mask[1:, 1:]
    edge = mask ^ right | mask ^ below | mask ^ corner
    edge[-1] = mask[-1] ^ right[-1]
    edge[:, -1] = mask[:, -1] ^ below[:, -1]
    edge[-1, -1] = False
    return edge


def disk(radius):
    x, y = np.meshgrid(np.arange(-radius, radius + 1), np.arange(-radius, radius + 1))
    return (x**2 + y**2 <= radius**2).astype(np.uint8)


def f_measure(truth, prediction, void=None, bound_th=0.008):
    """Return F and the counts (n_gt, n_pred, matched_gt, matched_pred)."""
    void = np.zeros_like(prediction).astype(bool) if void is None else void.astype(bool)
    radius = bound_th if bound_th >= 1 else np.ceil(bound_th * np.linalg.norm(prediction.shape))
    got = boundary_map(prediction * np.logical_not(void))
    true = boundary_map(truth * np.logical_not(void))
    matched_gt = true * cv2.dilate(got.astype(np.uint8), disk(radius))
    matched_pred = got * cv2.dilate(true.astype(np.uint8), disk(radius))
    n_gt, n_pred = np.sum(true), np.sum(got)
    counts = (n_gt, n_pred, np.sum(matched_gt), np.sum(matched_pred))
    if n_pred == 0 and n_gt > 0:
        precision, recall = 1, 0
    elif n_pred > 0 and n_gt == 0:
        precision, recall = 0, 1
    elif n_pred == 0 and n_gt == 0:
        precision, recall = 1, 1
    else:
        precision, recall = counts[3] / float(n_pred), counts[2] / float(n_gt)
    if precision + recall == 0:
        return 0.0, counts
    return 2 * precision * recall / (precision + recall), counts


def made_mask(kind, height, width, rng):
    """Return a mask of one of `KINDS`, which between them meet every border and word boundary."""
    mask = np.zeros((height, width), bool)
    y, x = int(rng.integers(height)), int(rng.integers(width))
    if kind == "full":
        mask[:] = True
    elif kind == "pixel":
        mask[y, x] = True
    elif kind == "border":
        mask[[0, -1]] = mask[:, [0, -1]] = True
    elif kind == "last pixel":
        mask[-1, -1] = True
    elif kind == "checker":
        mask[:] = np.indices(mask.shape).sum(axis=0) % 2
    elif kind == "noise":
        mask[:] = rng.random(mask.shape) < rng.random()
    elif kind == "box":
        mask[y : y + 1 + int(rng.integers(height)), x : x + 1 + int(rng.integers(width))] = True
    elif kind == "columns":
        mask[:, x:] = True
    elif kind == "rows":
        mask[y:] = True
    return mask


KINDS = (
    *("empty", "full", "pixel", "border", "last pixel"),
    *("checker", "noise", "box", "columns", "rows"),
)


def data_folder():
    """Return SELFBENCH_DATA, with the figures beside it, or skip the test."""
    root = os.environ.get("SELFBENCH_DATA")
    if not root:
        pytest.skip("SELFBENCH_DATA is not set: it names the folder with DAVIS")
    for needed in (Path(root) / "DAVIS", figures(root)):
        if not needed.is_dir():
            pytest.skip(f"{needed} is missing")
    return Path(root)


def figures(root):
    return Path(root).parent / "reference" / "davis-2016"


def table(name):
    with (figures(data_folder()) / name).open() as file:
        return list(csv.DictReader(file))


def sequences():
    return [row["sequence"] for row in table("grid.csv") if row["sequence"] != "mean"]


@functools.cache
def truth_masks(sequence):
    """Return frame name -> packed truth, in time order."""
    return _masks(data_folder() / "DAVIS" / "Annotations" / "480p" / sequence)


@functools.cache
def predicted_masks(method, sequence):
    """Return frame name -> packed prediction of a published method, in time order."""
    return _masks(figures(data_folder()) / method / sequence)


def _masks(folder):
    # Palette PNGs must be read as indices, not as colours.
    return {
        path.stem: BitMask.pack(np.asarray(Image.open(path)))
        for path in sorted(folder.glob("*.png"))
    }
