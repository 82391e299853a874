"""Labels made of soft masks: certain where the object is, zero elsewhere (ours)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from selfbench.methods.student_teacher.masks import Masks
from selfbench.vision.background.backgrounds import Backgrounds
from selfbench.vision.background.matte import background_difference
from selfbench.vision.crf import local_crf

# All constants are ours, chosen on validation clips of the procedural twins.
# Where an object begins, as a share of a mask's peak, and how steeply more becomes certain: the
# mask alone must be strict, a known background lets it be generous, above all with students.
CUT_ALONE, CUT_KNOWN, CUT_STUDENT, STEEP = 0.7, 0.3, 0.15, 10.0
REACH = 1 / 40  # how far beyond a student's mask a limb may be that it misses, share of the side
LEAST = 0.1  # share that remains of a mask where a frame looks like its background
FAINT = 13  # peaks of 0 to 255 below are not stretched
EMPTY = 0.5  # a label whose peak is below has lost its object


def sharpened(
    masks: Masks,
    frames: NDArray[np.uint8],
    selected: NDArray[np.int64],
    backgrounds: Backgrounds | None = None,
    students: bool = False,
) -> Iterator[NDArray[np.uint8]]:
    """Yield labels (M, M) made of soft masks (N, M, M); those of frames not `selected` are empty.

    Soft masks are pale all over the scene, VideoPCA's as students', and a network of few steps
    learns the mean of that. The mask shows where the object is, the background of the frame which
    pixels there are not background, and a CRF draws the rest to the frame's edges. Where the
    background is not known, or holds the object itself because it stays in its place, only the
    heart of the mask counts.

    Args:
        masks: of the teacher or of a student.
        frames: (N, M, M, 3).
        selected: indices of frames.
        backgrounds: of the frames.
        students: whether the masks are students'. They lose arms and feet, and their own students
            would lose more, so that what differs from the background near them counts too.
    """
    import cv2

    crf, learnt_from = local_crf(frames.shape[2]), set(selected.tolist())
    reach = round(REACH * frames.shape[2]) if students else 0
    disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    cut = CUT_STUDENT if students else CUT_KNOWN
    for i, (mask, frame) in enumerate(zip(masks, frames, strict=True)):
        if i not in learnt_from:
            yield np.zeros_like(mask)
            continue
        peak = np.float32(max(int(mask.max()), FAINT))
        label = label_alone = _certainty(mask / peak, CUT_ALONE)
        if backgrounds is not None:
            rgb_known = backgrounds.pick(np.array([i]))[0]  # (M, M, 4)
            difference = LEAST + (1 - LEAST) * _difference(frame, rgb_known[..., :3])
            near_mask = _certainty(cv2.dilate(mask, disk) / peak, cut)
            label = np.where(rgb_known[..., 3] > 0, near_mask * difference, label_alone)
        refined = crf.refine_soft(frame, label)
        if backgrounds is not None and refined.max() < EMPTY:
            refined = crf.refine_soft(frame, label_alone)
        yield np.rint(refined * 255).astype(np.uint8)


def _certainty(share: NDArray[np.float32], cut: float) -> NDArray[np.float32]:
    """Return how certain foreground is, 0 to 1, where a mask has this share of its peak."""
    certainty: NDArray[np.float32] = 1 / (1 + np.exp(-STEEP * (share - np.float32(cut))))
    return certainty


def _difference(frame: NDArray[np.uint8], background: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return how far a frame (M, M, 3) is from its background, (M, M) from 0 to 1."""
    pair = torch.from_numpy(np.stack([frame, background])).permute(0, 3, 1, 2) / 255
    difference: NDArray[np.float32] = background_difference(pair[:1], pair[1:])[0, 0].numpy()
    return difference
