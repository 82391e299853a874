"""Image files: frames as RGB, masks as labels, read whole or refused, and masks written."""

from __future__ import annotations

import io
import os
import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import overload

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageOps, UnidentifiedImageError

from selfbench.contracts import Image
from selfbench.errors import DataError
from selfbench.store.atomic import replacing, storing

IMAGE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".png", ".bmp", ".ppm", ".pgm", ".tif", ".tiff", ".webp"}
)
_ENDINGS = tuple(IMAGE_SUFFIXES)  # pathlib's `suffix` would take ten times as long
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error, zlib.error)


def natural_key(path: Path) -> tuple[list[str | int], str]:
    """Return a sort key of a file's name that puts `frame2` before `frame10`."""
    return _key(path.name)


def list_images(folder: Path) -> list[Path]:
    """Return the image files directly in `folder`, in natural order; hidden files are ignored."""
    return [folder / name for name in image_names(folder)]


def image_names(folder: Path) -> list[str]:
    """Return the names of `list_images`; quick for folders of a hundred thousand files."""
    with os.scandir(folder) as entries:
        names = [
            entry.name
            for entry in entries
            if entry.name[0] != "." and entry.name.lower().endswith(_ENDINGS) and entry.is_file()
        ]
    # Numbers of one width, as nearly all have, sort naturally as they are.
    return sorted(names) if _numbered(names) else sorted(names, key=_key)


class FilesIn(Sequence[Path]):
    """Files of one folder, made into paths when asked for: a hundred thousand cost nothing."""

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        """Take names of files directly in `folder`, in time order."""
        self.folder, self.names = folder, tuple(names)

    def texts(self) -> Iterator[str]:
        """Yield the paths as texts."""
        return (f"{self.folder}{os.sep}{name}" for name in self.names)

    def stems(self) -> tuple[str, ...]:
        """Return the names without suffix."""
        return tuple(name.rpartition(".")[0] for name in self.names)

    @overload
    def __getitem__(self, index: int, /) -> Path: ...

    @overload
    def __getitem__(self, index: slice, /) -> FilesIn: ...

    def __getitem__(self, index: int | slice, /) -> Path | FilesIn:
        if isinstance(index, slice):
            return FilesIn(self.folder, self.names[index])
        return self.folder / self.names[index]

    def __len__(self) -> int:
        return len(self.names)


def images_in(folder: Path) -> FilesIn:
    """Return the files of `list_images`; none if there is no such folder."""
    return FilesIn(folder, image_names(folder) if folder.is_dir() else ())


def _key(name: str) -> tuple[list[str | int], str]:
    # Splitting at digits alternates text and number, so only like is compared with like.
    parts = re.split(r"([0-9]+)", name.lower())
    return [int(part) if odd % 2 else part for odd, part in enumerate(parts)], name


def _numbered(names: Sequence[str]) -> bool:
    """Return whether all names are one text, digits as many in each, and one text."""
    if not names or len({len(name) for name in names}) > 1:
        return False
    first, last = min(names), max(names)
    start = len(os.path.commonprefix([first, last]).rstrip("0123456789"))  # noqa: RUF071 - characters are meant
    tail = first[start:].lstrip("0123456789")
    stop = len(first) - len(tail)
    return all(name[stop:] == tail and name[start:stop].isdigit() for name in names)


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


def read_grey(path: Path) -> NDArray[np.uint8]:
    """Read an image as grey values uint8 (H, W): for masks stored as JPEG or anti-aliased.

    Raises:
        DataError: as `read_frame`.
    """
    image = _load(path)
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
        self._paths = paths if isinstance(paths, FilesIn) else tuple(paths)

    @cached_property
    def names(self) -> Sequence[str]:
        """File stems, in time order."""
        if isinstance(self._paths, FilesIn):
            return self._paths.stems()
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


def check_size(path: Path, shape: tuple[int, ...], size: tuple[int, int]) -> None:
    """Raise a `DataError` unless a mask has the `size` (H, W) of its frame."""
    if shape != size:
        raise DataError(
            f"{path} has {pixels(shape)}, expected {pixels(size)} like the frame it belongs to."
        )


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
