"""Arrays in .npy files: written piece by piece, read memory-mapped, sent by name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray


class Mapped:
    """Its memory-mapped arrays travel to other processes as the name of their file.

    They must be whole files, as `np.load` returns them.
    """

    def __getstate__(self) -> dict[str, Any]:
        return {name: _sent(value) for name, value in self.__dict__.items()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update({name: _received(value) for name, value in state.items()})


@dataclass(frozen=True)
class _File:
    path: Path


def _sent(value: Any) -> Any:
    if not isinstance(value, np.memmap):
        return value
    assert value.filename is not None, "np.load knows the file"
    return _File(Path(value.filename))


def _received(value: Any) -> Any:
    return np.load(value.path, mmap_mode="r") if isinstance(value, _File) else value


@lru_cache(128)  # a long training must not keep a file open per clip
def mapped(path: Path) -> NDArray[Any]:
    """Return the array in a file, memory-mapped."""
    array: NDArray[Any] = np.load(path, mmap_mode="r")
    return array


def write_header(file: BinaryIO, shape: tuple[int, ...], dtype: str) -> None:
    """Begin an .npy file whose values are then written piece by piece.

    Through a memory map a full disk would kill the process; a write raises.
    """
    header = {"descr": dtype, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)
