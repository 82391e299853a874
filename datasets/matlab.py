"""Annotations in MATLAB files: version 7.3, which is HDF5, with h5py, older ones with SciPy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selfbench.errors import DataError


def read_variable(path: Path, name: str) -> NDArray[Any]:
    """Return a variable of a file up to version 7; cells are arrays of objects.

    Raises:
        DataError: if the file is broken, of version 7.3, or has no such variable.
    """
    from scipy.io import loadmat
    from scipy.io.matlab import MatReadError

    try:
        variables = loadmat(path, variable_names=[name])
    except NotImplementedError as error:  # what SciPy says to 7.3
        raise DataError(
            f"{path} is a MATLAB 7.3 file, expected an older one as in the published archive;"
            " save it with `save -v7`."
        ) from error
    except (OSError, ValueError, TypeError, KeyError, MatReadError) as error:
        raise DataError(f"{path} is not a MATLAB file that can be read: {error}.") from error
    if name not in variables:
        raise DataError(f"{path} holds no variable '{name}'; copy it again.")
    return np.asarray(variables[name])


def count_cells(path: Path, name: str) -> int:
    """Return how many cells a cell array of a version 7.3 file has.

    Raises:
        DataError: as `read_cell`.
    """
    with _opened(path) as file:
        return int(_cells(file, name, path).size)


def read_cell(path: Path, name: str, index: int) -> NDArray[Any]:
    """Return the matrix (rows, columns) in one cell of a cell array of a version 7.3 file.

    Raises:
        DataError: if the file is broken, of another version, or has no such cell array.
    """
    with _opened(path) as file:
        reference = _cells(file, name, path)[()].reshape(-1, order="F")[index]
        matrix: NDArray[Any] = np.asarray(file[reference]).T  # MATLAB stores columns first
        return matrix


def _opened(path: Path) -> Any:
    import h5py

    try:
        return h5py.File(path, "r")
    except OSError as error:
        raise DataError(
            f"{path} is not a MATLAB 7.3 file that can be read: {error}; copy it again."
        ) from error


def _cells(file: Any, name: str, path: Path) -> Any:
    if name not in file:
        known = ", ".join(key for key in file if key[0] != "#")
        raise DataError(f"{path} holds no variable '{name}', only {known or 'nothing'}.")
    if file[name].dtype != object:
        raise DataError(f"'{name}' in {path} is no cell array; expected a matrix per frame.")
    return file[name]
