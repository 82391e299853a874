"""Image files: frames as RGB, masks as labels, read whole or refused, and masks written."""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageOps, UnidentifiedImageError

from selfbench.atomic import replacing, storing
from selfbench.contracts import Image
from selfbench.errors import DataError

IMAGE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".png", ".bmp", ".ppm", ".pgm", ".tif", ".tiff", ".webp"}
)
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error, zlib.error)


def natural_key(path: Path) -> tuple[list[str | int], str]:
    """Return a sort key of a file's name that puts `frame2` before `frame10`."""
    # Splitting at digits alternates text and number, so only like is compared with like.
    parts = re.split(r"([0-9]+)", path.name.lower())
    return [int(part) if odd % 2 else part for odd, part in enumerate(parts)], path.name


def list_images(folder: Path) -> list[Path]:
    """Return the image files directly in `folder`, in natural order; hidden files are ignored."""
    return sorted(
        (
            path
            for path in folder.iterdir()
            if path.suffix.lower() in IMAGE_SUFFIXES and path.name[0] != "." and path.is_file()
        ),
        key=natural_key,
    )


def read_frame(path: Path) -> Image:
    """Read an image of any mode as uint8 (H, W, 3) RGB, upright as its EXIF orientation says.

    Transparency is dropped; 16-bit grey is scaled to 8 bits.

    Raises:
        DataError: if the file is missing, no image, cut short or broken.
    """
    image = _load(path)
    if "exif" in image.info:
        image = ImageOps.exif_transpose(image)
    if image.mode == "F":
        raise DataError(f"{path} holds floating-point pixels, expected an 8- or 16-bit image.")
    if image.mode.startswith("I"):  # 16 bits, which Pillow would clip at 255
        deep = np.array(image).astype(np.int64).clip(0, 65535)
        return np.repeat(((deep + 128) // 257).astype(np.uint8)[..., None], 3, axis=2)
    return np.array(image if image.mode == "RGB" else image.convert("RGB"))


def read_labels(path: Path) -> NDArray[np.uint8]:
    """Read a label image as uint8 (H, W): palette indices (never colours), grey values or 0/1 bits.

    Two channels (LA) give the first; a colour image counts as grey if its channels are equal.

    Raises:
        DataError: as `read_frame`, and for a colour or 16-bit image.
    """
    return _labels(_load(path), path)


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


def read_binary_mask(path: Path, size: tuple[int, int] | None = None) -> NDArray[np.bool_]:
    """Read a mask as bool (H, W); only 0 and one other value (255 or 1, say) may occur.

    Raises:
        DataError: as `read_labels`, for a third value, and if `size` (H, W) is given and differs.
    """
    labels = read_labels(path)
    if size is not None and labels.shape != size:
        raise DataError(
            f"{path} has {pixels(labels.shape)}, "
            f"expected {pixels(size)} like the frame it belongs to."
        )
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
    image = _load(path)
    soft = _labels(image, path)
    if image.mode in ("P", "PA", "1"):
        soft[soft > 0] = 255
    return soft


def write_mask(path: Path, mask: NDArray[np.uint8]) -> None:
    """Write a soft mask uint8 (H, W) as an 8-bit grey PNG; `path` is never seen half written.

    Raises:
        StoreError: if the disk is full or refuses; nothing is left behind.
    """
    if mask.dtype != np.uint8 or mask.ndim != 2 or not mask.size:
        raise ValueError(f"expected uint8 (H, W), got {mask.dtype} {mask.shape}")
    with storing(path.parent), replacing(path) as unfinished:
        # Level 1: higher ones take up to seven times as long for 10 to 25 % fewer bytes.
        Pillow.fromarray(mask).save(unfinished, format="PNG", compress_level=1)


class ImageFrames:
    """Frames in image files; implements `contracts.Frames`. Holds paths and one size, no pixels."""

    def __init__(self, paths: Sequence[Path]) -> None:
        """Take the files in time order, at least one."""
        if not paths:
            raise ValueError("a clip has at least one frame")
        self._paths = tuple(paths)

    @cached_property
    def names(self) -> Sequence[str]:
        """File stems, in time order."""
        return tuple(path.stem for path in self._paths)

    @cached_property
    def size(self) -> tuple[int, int]:
        """(H, W) of the first frame."""
        height, width, _ = read_frame(self._paths[0]).shape
        return height, width

    def __len__(self) -> int:
        return len(self._paths)

    def __getitem__(self, index: int, /) -> Image:
        frame = read_frame(self._paths[index])
        if frame.shape[:2] != self.size:
            raise DataError(
                f"{self._paths[index]} has {pixels(frame.shape)}, but the first frame of its clip"
                f" has {pixels(self.size)}; all frames of a clip must have one size."
            )
        return frame

    def __iter__(self) -> Iterator[Image]:
        return (self[index] for index in range(len(self)))


def pixels(shape: tuple[int, ...]) -> str:
    """Return (H, W, ...) in words, e.g. `854 x 480 pixels`."""
    return f"{shape[1]} x {shape[0]} pixels"


def _load(path: Path) -> Pillow.Image:
    """Decode a whole image file, or raise a `DataError` that says what is wrong with it."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(
            f"{path} cannot be read: {error.strerror or error}; expected an image file."
        ) from error
    if not data:
        raise DataError(f"{path} is empty (0 bytes), expected an image; copy it again.")
    try:
        image = Pillow.open(io.BytesIO(data))
        if image.format == "PNG":
            # Decoding skips the checksums of the pixels: a flipped bit would give another mask.
            image.verify()
            image = Pillow.open(io.BytesIO(data))
        image.load()
    except UnidentifiedImageError as error:
        raise DataError(
            f"{path} is not an image that can be read; expected JPEG, PNG or the like."
        ) from error
    except Pillow.DecompressionBombError as error:
        raise DataError(f"{path} is too large for an image frame: {error}.") from error
    except _BROKEN as error:
        raise DataError(f"{path} is a broken image: {error}; copy it again.") from error
    return image
