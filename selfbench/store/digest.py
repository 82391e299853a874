"""Digests of files and texts: what makes a result belong to one state of data and code."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from selfbench.errors import DataError
from selfbench.store.atomic import write_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

BYTES = 16  # of a digest, printed as twice as many hexadecimal digits
_BLOCK = 1 << 20  # bytes read at once: a video need not fit into memory
_BATCH = 64  # files per task of a thread
_THREADS = 8  # reading waits for the disk and hashing leaves Python's lock, so threads overlap


def digest_files(paths: Iterable[Path | str], root: Path, cache: Path | None = None) -> str:
    """Return a digest of names (relative to `root`) and contents, whatever the order of `paths`.

    Args:
        paths: files below `root`.
        root: what their names are relative to.
        cache: where digests are kept. With it, files of which no name, size or time of change
            differs from an earlier call are not read again: a second for 200,000 files.

    Raises:
        DataError: if a file cannot be read.
    """
    named = sorted(_relative(paths, root).items())
    known = None
    if cache is not None:
        known = cache / "digests" / _state(named, root)
        if known.is_file():
            return known.read_text(encoding="ascii")
    batches = [named[start : start + _BATCH] for start in range(0, len(named), _BATCH)]
    with ThreadPoolExecutor(_THREADS) as pool:
        digest = digest_text(*(text for texts in pool.map(_digests, batches) for text in texts))
    if known is not None:
        with suppress(OSError):  # a cache that cannot be written only costs time
            write_text(known, digest)
    return digest


def _relative(paths: Iterable[Path | str], root: Path) -> dict[str, Path | str]:
    """Return name relative to `root` -> path."""
    start, named = f"{root}{os.sep}", dict[str, Path | str]()
    for path in paths:
        text = os.fspath(path)
        inside = text.startswith(start)  # else let pathlib say what is wrong
        name = text[len(start) :] if inside else os.fspath(Path(text).relative_to(root))
        named[name.replace(os.sep, "/") if os.sep != "/" else name] = path
    return named


def _state(named: Sequence[tuple[str, Path | str]], root: Path) -> str:
    """Return a digest of the place, names, sizes and times of change of files."""
    lines = [f"{root.resolve()}\0"]
    for name, path in named:
        try:
            status = os.stat(path)  # noqa: PTH116 - twice as fast as Path.stat
        except OSError as error:
            raise DataError(f"{path} cannot be read: {error.strerror or error}.") from error
        lines.append(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\0")
    return digest_text("".join(lines))


def digest_text(*parts: str) -> str:
    """Return a digest of `parts`; ("ab", "c") and ("a", "bc") differ."""
    total = blake2b(digest_size=BYTES)
    for part in parts:
        data = part.encode("utf-8", "surrogateescape")  # file names need not be valid UTF-8
        total.update(len(data).to_bytes(8, "little") + data)
    return total.hexdigest()


def digest_array(array: NDArray[Any], *parts: str) -> str:
    """Return a digest of an array's shape and values, and of `parts`."""
    import numpy as np

    content = blake2b(digest_size=BYTES)
    for row in array:  # one at a time: a memory-mapped array may be larger than memory
        content.update(np.ascontiguousarray(row).data)
    return digest_text(str(array.shape), content.hexdigest(), *parts)


def _digests(named: Sequence[tuple[str, Path | str]]) -> list[str]:
    """Return name, digest of content, name, ..."""
    return [text for name, path in named for text in (name, _digest_file(path))]


def _digest_file(path: Path | str) -> str:
    content = blake2b(digest_size=BYTES)
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - a name may do
            while block := file.read(_BLOCK):
                content.update(block)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}.") from error
    return content.hexdigest()
