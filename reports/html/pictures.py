"""Pictures small enough for a page: frames as JPEG, soft masks as PNG of threshold levels.

A mask's pixel holds how many of the papers' thresholds 0.05 ... 0.95 lie below it, so the page can
binarise at each of them exactly as the score stage does (up to the size of the thumbnail).
"""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from selfbench.contracts import Boxes, Clip, ScoredBoxes, Truth
from selfbench.media.thresholds import CUTS
from selfbench.reports.predictions import read_mask
from selfbench.store.processors import processors

LONG_SIDE = 320  # pixels
VOID = 2  # in the picture of a truth: 0 background, 1 foreground
BOXES = 5  # of a frame, the best

# Pixel value -> number of thresholds it is greater than.
LEVEL_OF = (np.arange(256)[:, None] > CUTS).sum(axis=1).astype(np.uint8)  # (256,)


@dataclass(frozen=True)
class Job:
    """One frame to show: whose masks, where they lie."""

    clip: Clip
    index: int  # in the clip
    truth: Mapping[str, Truth]
    masks: Mapping[int, Path]  # run -> folder of its masks of this clip
    boxes: Mapping[int, ScoredBoxes]  # run -> its own boxes and scores
    labels: frozenset[int] = frozenset()  # runs whose masks are labels: above zero is foreground


def draw_all(jobs: Sequence[Job]) -> list[dict[str, Any]]:
    """Return what the page needs of each frame; files that are missing are left out.

    Threads suffice: decoding, scaling and packing all happen outside Python.
    """
    with ThreadPoolExecutor(processors()) as pool:
        return list(pool.map(_draw, jobs))


def _draw(job: Job) -> dict[str, Any]:
    frame = job.clip.frames[job.index]
    name = job.clip.frames.names[job.index]
    height, width = frame.shape[:2]
    shrink = min(1.0, LONG_SIDE / max(height, width))
    size = max(1, round(width * shrink)), max(1, round(height * shrink))
    picture: dict[str, Any] = {"frame": name, "size": size, "image": _jpeg(_resize(frame, size))}
    truth = job.truth.get(name)
    if truth is not None and truth.mask is not None:
        picture["truth"] = _png(_truth(truth, size))
    elif truth is not None and truth.boxes is not None:
        picture["trueBoxes"] = _scaled(truth.boxes, shrink)
    files = {run: folder / f"{name}.png" for run, folder in job.masks.items()}
    picture["masks"] = {
        run: _png(LEVEL_OF[_resize(read_mask(path, run in job.labels), size)])
        for run, path in files.items()
        if path.is_file()
    }
    best = {run: boxes[np.argsort(-scores)[:BOXES]] for run, (boxes, scores) in job.boxes.items()}
    picture["boxes"] = {run: _scaled(boxes, shrink) for run, boxes in best.items()}
    return picture


def _resize(image: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    import cv2

    if size == (image.shape[1], image.shape[0]):
        return image
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _truth(truth: Truth, size: tuple[int, int]) -> NDArray[np.uint8]:
    assert truth.mask is not None
    labels = (_resize(truth.mask.astype(np.uint8) * 255, size) > 127).astype(np.uint8)
    if truth.void is not None:
        labels[_resize(truth.void.astype(np.uint8) * 255, size) > 127] = VOID
    return labels


def _scaled(boxes: Boxes, shrink: float) -> list[list[float]]:
    return [[round(float(v) * shrink, 1) for v in box] for box in boxes]


def _jpeg(image: NDArray[np.uint8]) -> str:
    return _data("jpeg", image, quality=80)


def _png(levels: NDArray[np.uint8]) -> str:
    return _data("png", levels, compress_level=6)


def _data(kind: str, image: NDArray[np.uint8], **options: int) -> str:
    file = io.BytesIO()
    Pillow.fromarray(image).save(file, format=kind, **options)
    return f"data:image/{kind};base64,{base64.b64encode(file.getvalue()).decode('ascii')}"
