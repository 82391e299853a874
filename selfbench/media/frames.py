"""Frames in image files: listed in natural order, read whole as RGB or refused, resized."""

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
from PIL import Image as Pillow
from PIL import ImageOps, UnidentifiedImageError

from selfbench.contracts import Image
from selfbench.errors import DataError

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
    image = load_image(path)
    if "exif" in image.info:
        image = ImageOps.exif_transpose(image)
    if image.mode == "F":
        raise DataError(f"{path} holds floating-point pixels, expected an 8- or 16-bit image.")
    if image.mode.startswith("I"):  # 16 bits, which Pillow would clip at 255
        deep = np.array(image).astype(np.int64).clip(0, 65535)
        return np.repeat(((deep + 128) // 257).astype(np.uint8)[..., None], 3, axis=2)
    return np.array(image if image.mode == "RGB" else image.convert("RGB"))


def resized(image: Image, width: int, height: int) -> Image:
    """Return an image (H, W, 3) at another size, averaging over areas when it shrinks."""
    import cv2

    return np.asarray(
        cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8
    )


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


def pixels(shape: tuple[int, ...]) -> str:
    """Return (H, W, ...) in words, e.g. `854 x 480 pixels`."""
    return f"{shape[1]} x {shape[0]} pixels"


def load_image(path: Path) -> Pillow.Image:
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
