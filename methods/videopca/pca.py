"""Background of a run of frames by PCA: the Gram matrix, its eigenvectors, the error images."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

# The Gram matrix is summed over blocks of this many values. A block holds bytes less 128, whose
# products are whole numbers up to 2^14: 1024 of them stay below 2^24, so float32 adds them without
# any rounding, in whatever order and on however many threads the BLAS likes.
BLOCK = 1024

# Errors under this (frames span [0, 1], one grey level is 1/255) are float32 rounding, not content.
ROUNDING = 1e-4


@dataclass(frozen=True)
class Background:
    """The rank-k model of n frames of P = 3 H W values; column t of A is s_t (frame_t - m_t).

    The min-max normalisation of a frame and the subtraction of its own mean are one affine map,
    so frames stay bytes until the moment they are used.
    """

    vectors: NDArray[np.float64]  # (n, k), the top eigenvectors of A^T A, V
    images: NDArray[np.float32]  # (k, H, W, 3), A projected on them, (A V)^T
    scales: NDArray[np.float64]  # (n,), s_t = 1 / (max - min) of the frame; 0 where it is flat
    means: NDArray[np.float64]  # (n,), m_t in grey levels

    def error(self, t: int, frame: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the error image (H, W) of frame t (H, W, 3): its distance in RGB to A V V^T."""
        scale = self.scales[t]
        residual = np.multiply(frame, scale, dtype=np.float32)  # (H, W, 3)
        residual -= np.float32(scale * self.means[t])
        for weight, image in zip(self.vectors[t], self.images, strict=True):
            cv2.scaleAdd(image, -weight, residual, residual)
        residual *= residual
        squares = cv2.transform(residual, np.ones((1, 3), np.float32))  # (H, W), over channels
        error: NDArray[np.float32] = np.sqrt(np.asarray(squares, np.float32))
        error[error < ROUNDING] = 0
        return error


def fit(frames: NDArray[np.uint8], components: int) -> Background:
    """Fit the background of `frames` (n, H, W, 3) with the `components` largest eigenvectors."""
    flat = frames.reshape(len(frames), -1)  # (n, P)
    span = flat.max(axis=1).astype(np.float64) - flat.min(axis=1)
    scales = np.divide(1.0, span, out=np.zeros_like(span), where=span > 0)
    sums = np.array([int(np.sum(row, dtype=np.uint64)) for row in flat], np.float64)
    means = sums / flat.shape[1]
    vectors = np.linalg.eigh(gram(flat, scales, means))[1][:, -components:]  # (n, k)
    images = np.zeros((vectors.shape[1], *frames.shape[1:]), np.float32)
    # Image by image, not one matrix product: the BLAS would wake its threads for next to nothing.
    for frame, mean, weights in zip(frames, means, vectors * scales[:, None], strict=True):
        centred = np.subtract(frame, mean, dtype=np.float32)  # (H, W, 3)
        for weight, image in zip(weights, images, strict=True):
            cv2.scaleAdd(centred, weight, image, image)
    return Background(vectors, images, scales, means)


def gram(
    flat: NDArray[np.uint8], scales: NDArray[np.float64], means: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return A^T A (n, n) of frames (n, P) with the columns s_t (frame_t - m_t) of A."""
    products = np.zeros((len(flat), len(flat)))
    buffer = np.empty((len(flat), BLOCK), np.float32)
    for start in range(0, flat.shape[1], BLOCK):
        part = flat[:, start : start + BLOCK]
        block = np.subtract(part, np.float32(128), out=buffer[:, : part.shape[1]])
        products += block @ block.T
    offsets = means - 128
    products -= flat.shape[1] * np.outer(offsets, offsets)
    return products * np.outer(scales, scales)
