"""Mask files: labels, grey values, binary and soft masks, read whole or refused; and encoded."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from selfbench.errors import DataError
from selfbench.media.frames import load_image, pixels

# Thresholds of 8-bit soft masks, 0.05 ... 0.95, in exact integer arithmetic. The grid is that of
# Katircioglu et al. 2022, 4.1: steps of 0.05, the best J on the evaluation set.
STEPS = tuple(range(1, 20))  # k of the threshold k/20
LEVELS = tuple(k / 20 for k in STEPS)

# v/255 > k/20 strictly, in integers: floats would let 51/255 > 0.2 depend on the dtype.
# A pixel value is foreground where it is greater than floor(255 k / 20).
CUTS = np.array([255 * k // 20 for k in STEPS])  # (19,)


def read_labels(path: Path) -> NDArray[np.uint8]:
    """Read a label image as uint8 (H, W): palette indices (never colours), grey values or 0/1 bits.

    Two channels (LA) give the first; a colour image counts as grey if its channels are equal.

    Raises:
        DataError: as `read_frame`, and for a colour or 16-bit image.
    """
    return _labels(load_image(path), path)


def _labels(image: Pillow.Image, path: Path) -> NDArray[np.uint8]:
    if image.mode in ("L", "P", "1"):
        return np.array(image, np.uint8)
    if image.mode[0] in "IF":
        raise DataError(f"{path} has more than 8 bits per pixel; expected 8-bit labels.")
    channels = np.array(image)  # (H, W, C)
    grey: NDArray[np.uint8] = np.ascontiguousarray(channels[..., 0])
    if image.mode in ("LA", "PA"):
        return grey
    if image.mode in ("RGB", "RGBA") and (channels[..., 1:3] == grey[..., None]).all():
        return grey
    raise DataError(
        f"{path} is a colour image ({image.mode}); expected one channel of labels,"
        " e.g. a palette or 8-bit grey PNG."
    )


def read_grey(path: Path) -> NDArray[np.uint8]:
    """Read an image as grey values uint8 (H, W): for masks stored as JPEG or anti-aliased.

    Raises:
        DataError: as `read_frame`.
    """
    image = load_image(path)
    return np.array(image if image.mode == "L" else image.convert("L"))


def read_binary_mask(path: Path, size: tuple[int, int] | None = None) -> NDArray[np.bool_]:
    """Read a mask as bool (H, W); only 0 and one other value (255 or 1, say) may occur.

    Raises:
        DataError: as `read_labels`, for a third value, and if `size` (H, W) is given and differs.
    """
    labels = read_labels(path)
    if size is not None:
        check_size(path, labels.shape, size)
    mask: NDArray[np.bool_] = labels == max(labels.max(), 1)
    if np.count_nonzero(mask) != np.count_nonzero(labels):
        values = np.unique(labels).tolist()
        shown = ", ".join(map(str, values[:6])) + (", ..." if len(values) > 6 else "")
        raise DataError(
            f"{path} holds {len(values)} values ({shown}); expected a binary mask,"
            " i.e. 0 and one other value such as 255."
        )
    return mask


def read_soft_mask(path: Path) -> NDArray[np.uint8]:
    """Read a soft mask as uint8 (H, W), 255 for certain foreground.

    Palette indices and bits are names, not degrees: every one above 0 becomes 255.

    Raises:
        DataError: as `read_labels`.
    """
    image = load_image(path)
    soft = _labels(image, path)
    if image.mode in ("P", "PA", "1"):
        soft[soft > 0] = 255
    return soft


def encode_mask(mask: NDArray[np.uint8]) -> bytes:
    """Return a soft mask or labels uint8 (H, W) as the file of an 8-bit grey PNG."""
    if mask.dtype != np.uint8 or mask.ndim != 2 or not mask.size:
        raise ValueError(f"expected uint8 (H, W), got {mask.dtype} {mask.shape}")
    file = io.BytesIO()
    # Level 1: higher ones take up to seven times as long for 10 to 25 % fewer bytes.
    Pillow.fromarray(mask).save(file, format="PNG", compress_level=1)
    return file.getvalue()


def check_size(path: Path, shape: tuple[int, ...], size: tuple[int, int]) -> None:
    """Raise a `DataError` unless a mask has the `size` (H, W) of its frame."""
    if shape != size:
        raise DataError(
            f"{path} has {pixels(shape)}, expected {pixels(size)} like the frame it belongs to."
        )


def binarise(soft: NDArray[np.uint8], level: float) -> NDArray[np.bool_]:
    """Return the foreground (H, W) of an 8-bit soft mask at `level`, strictly greater.

    `level` is one of `LEVELS`; 0.0 means "any label above zero".
    """
    return soft > 255 * round(level * 20) // 20
