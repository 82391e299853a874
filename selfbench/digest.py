"""Digests of files and texts: what makes a result belong to one state of data and code."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfbench.errors import DataError

BYTES = 16  # of a digest, printed as twice as many hexadecimal digits
_BLOCK = 1 << 20  # bytes read at once: a video need not fit into memory
_THREADS = 8  # reading waits for the disk and hashing leaves Python's lock, so threads overlap


def digest_files(paths: Iterable[Path], root: Path) -> str:
    """Return a digest of names (relative to `root`) and contents, whatever the order of `paths`.

    Raises:
        DataError: if a file cannot be read.
    """
    named = sorted({path.relative_to(root).as_posix(): path for path in paths}.items())
    with ThreadPoolExecutor(_THREADS) as pool:
        contents = pool.map(_digest_file, (path for _, path in named))
        return digest_text(
            *(
                text
                for (name, _), content in zip(named, contents, strict=True)
                for text in (name, content)
            )
        )


def digest_text(*parts: str) -> str:
    """Return a digest of `parts`; ("ab", "c") and ("a", "bc") differ."""
    total = blake2b(digest_size=BYTES)
    for part in parts:
        data = part.encode("utf-8", "surrogateescape")  # file names need not be valid UTF-8
        total.update(len(data).to_bytes(8, "little") + data)
    return total.hexdigest()


def digest_array(array: NDArray[Any], *parts: str) -> str:
    """Return a digest of an array's shape and values, and of `parts`."""
    content = blake2b(digest_size=BYTES)
    for row in array:  # one at a time: a memory-mapped array may be larger than memory
        content.update(np.ascontiguousarray(row))
    return digest_text(str(array.shape), content.hexdigest(), *parts)


def _digest_file(path: Path) -> str:
    content = blake2b(digest_size=BYTES)
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                content.update(block)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}.") from error
    return content.hexdigest()
