"""Contour accuracy F: precision and recall of the boundary pixels, with a tolerance.

Perazzi et al. 2016, section 4, in the fast approximation of the official code (dilation, not
bipartite matching); equal to `db_eval_boundary` of davis2017-evaluation bit for bit.

Both masks are laid out in one stream of 64-bit words, one below the other, with so many zeros
between rows and masks that a shift of the whole stream moves no pixel of one onto another. So
each step of the dilation is a handful of numpy calls on a few thousand words.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import MaskMetric
from selfbench.contracts.bitmask import BitMask
from selfbench.metrics.davis_statistics import STATISTICS, summarise
from selfbench.metrics.region import OVER_CLIPS, valid_rows

Words = NDArray[np.uint64]

# Tolerance as a share of the image's diagonal, 8 pixels at 854 x 480: that of the official code.
BOUND_TH = 0.008


def contour_accuracy(
    truth: BitMask, prediction: BitMask, void: BitMask | None = None, bound_th: float = BOUND_TH
) -> float:
    """Return F, in [0, 1], of two masks of the same shape (H, W); see `boundary_counts`.

    1 where neither has a boundary, 0 where one has none. A mask that fills the whole image has
    no boundary, as in the official code.
    """
    n_gt, n_pred, matched_gt, matched_pred = boundary_counts(truth, prediction, void, bound_th)
    if n_gt == 0 or n_pred == 0:
        return float(n_gt == n_pred)
    precision, recall = matched_pred / n_pred, matched_gt / n_gt
    if precision + recall == 0:
        return 0.0
    return 2 * precision * recall / (precision + recall)


def boundary_counts(
    truth: BitMask, prediction: BitMask, void: BitMask | None = None, bound_th: float = BOUND_TH
) -> tuple[int, int, int, int]:
    """Return (n_gt, n_pred, matched_gt, matched_pred), numbers of boundary pixels.

    A boundary pixel is matched if the other mask has one within the tolerance, `bound_th` times
    the diagonal, rounded up; from 1 on `bound_th` is a number of pixels. Void pixels become
    background before boundaries are taken, so the edge of a void region may count as one.
    """
    radius = match_radius(truth.shape, bound_th)
    boundaries, second = _boundaries(*valid_rows(truth, prediction, void), truth.shape, radius)
    near = _dilate(boundaries, radius)
    rows = boundaries.shape[0] - second
    # The boundary of each mask with what lies near that of the other.
    pairs = (boundaries[:rows], near[second:]), (boundaries[second:], near[:rows])
    n_gt, n_pred = (_count(own) for own, _ in pairs)
    matched_gt, matched_pred = (_count(own & other) for own, other in pairs)
    return n_gt, n_pred, matched_gt, matched_pred


def match_radius(shape: tuple[int, int], bound_th: float = BOUND_TH) -> int:
    """Return the tolerance in pixels for masks of this shape (H, W)."""
    if bound_th >= 1:
        return int(bound_th)
    height, width = shape
    return math.ceil(bound_th * math.sqrt(height * height + width * width))


class ContourAccuracy(MaskMetric):
    """Contour accuracy F: F-measure of the boundary pixels (DAVIS)."""

    name = "F"
    protocol = f"F-measure of boundary pixels within {BOUND_TH} of the image diagonal, {OVER_CLIPS}"
    statistics = STATISTICS
    lower_is_better = ("decay",)

    def frame(self, truth: BitMask, prediction: BitMask, void: BitMask | None = None) -> float:
        """Return `contour_accuracy`."""
        return contour_accuracy(truth, prediction, void)

    def summarise(self, values: NDArray[np.float64]) -> dict[str, float]:
        """Return mean, recall and decay of the values (n,) of one clip."""
        return summarise(values)


def _boundaries(
    truth: NDArray[np.uint8], prediction: NDArray[np.uint8], shape: tuple[int, int], radius: int
) -> tuple[Words, int]:
    """Return the boundaries of both masks as one stream (rows, words) and the second's first row.

    The official rule (`seg2bmap`) marks a pixel where the 2x2 block at its lower right is not
    constant, the last row and column of the image being repeated.
    """
    box = _foreground_box(truth | prediction)
    if box is None:
        return np.zeros((0, 1), np.uint64), 0
    top, bottom, left, right = box
    top = max(top - 1, 0)  # boundaries lie up to one pixel above and to the left of the mask
    rows = bottom + 1 - top
    second = rows + max(radius, 1)
    end = right - left + 2  # a byte of zeros precedes the columns, `radius` bits follow them
    packed = np.zeros((second + rows + 1, -(-(8 * end + radius) // 64) * 8), np.uint8)
    for start, mask in (0, truth), (second, prediction):
        packed[start : start + rows, 1:end] = mask[top : bottom + 1, left : right + 1]
        if bottom == shape[0] - 1:
            packed[start + rows] = packed[start + rows - 1]
    pixels = packed.view(">u8").astype(np.uint64)  # the first pixel is the most significant bit

    some, every = pixels[:-1] | pixels[1:], pixels[:-1] & pixels[1:]
    some_right, every_right = _pixel_to_the_right(some), _pixel_to_the_right(every)
    if right == truth.shape[1] - 1:
        word, bit = divmod(8 + shape[1] - 1 - 8 * left, 64)
        every_right[:, word] |= np.uint64(1 << (63 - bit))  # beyond the last column: the same
    some |= some_right
    every &= every_right
    some ^= every
    some[rows:second] = 0  # below the first mask
    if left == 0:
        some[:, 0] &= np.uint64((1 << 56) - 1)  # left of the image
    return some, second


def _foreground_box(rows: NDArray[np.uint8]) -> tuple[int, int, int, int] | None:
    """Return first row, last row, first byte column, last byte column of what is not zero."""
    occupied = (rows != 0).tobytes()  # bytes search from both ends faster than any numpy call
    first, last = occupied.find(1), occupied.rfind(1)
    if first < 0:
        return None
    top, bottom = first // rows.shape[1], last // rows.shape[1]
    columns = np.flatnonzero(np.bitwise_or.reduce(rows[top : bottom + 1], axis=0))
    return top, bottom, int(columns[0]), int(columns[-1])


def _pixel_to_the_right(pixels: Words) -> Words:
    """Return the stream moved by one pixel, so that each pixel reads its right neighbour."""
    moved: Words = pixels << np.uint64(1)
    moved.reshape(-1)[:-1] |= pixels.reshape(-1)[1:] >> np.uint64(63)
    return moved


def _dilate(stream: Words, radius: int) -> Words:
    """Return the stream (rows, words) dilated by the disk x^2 + y^2 <= radius^2.

    Row dy of the disk reaches isqrt(radius^2 - dy^2) pixels to each side. The stream is widened
    step by step to each of these reaches, and added dy rows further down and up.
    """
    flat, words = stream.reshape(-1), stream.shape[1]
    wide, spare, carry = flat.copy(), np.empty_like(flat), np.empty_like(flat)
    near: Words = flat.copy()
    reach = 0
    for dy in range(radius, -1, -1):
        row_reach = math.isqrt(radius * radius - dy * dy)
        while reach < row_reach:
            step = min(row_reach - reach, 2 * reach + 1, 63)  # a larger one would leave holes
            _widen(wide, step, spare, carry)
            wide, spare = spare, wide
            reach += step
        if dy:
            near[dy * words :] |= wide[: -dy * words]
            near[: -dy * words] |= wide[dy * words :]
        else:
            near |= wide
    return near.reshape(stream.shape)


def _widen(stream: Words, step: int, out: Words, carry: Words) -> None:
    """Write to `out` the flat stream with a copy `step` < 64 pixels to the left and the right."""
    # As arrays, because numpy would convert a plain integer anew in each call.
    shift, rest = np.array(step, np.uint64), np.array(64 - step, np.uint64)
    np.left_shift(stream, shift, out=out)
    out |= stream
    np.right_shift(stream, shift, out=carry)
    out |= carry
    np.right_shift(stream, rest, out=carry)
    out[:-1] |= carry[1:]
    np.left_shift(stream, rest, out=carry)
    out[1:] |= carry[:-1]


def _count(words: Words) -> int:
    return int(np.bitwise_count(words).sum())
