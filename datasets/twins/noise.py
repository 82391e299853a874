"""Random numbers and noise fields that depend on labels only, and look the same at every size."""

from __future__ import annotations

import zlib
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]


def generator(*labels: str | int) -> np.random.Generator:
    """Return a generator that depends on `labels` only, never on what was drawn before."""
    return np.random.default_rng([zlib.crc32(str(label).encode()) for label in labels])


def fractal(
    rng: np.random.Generator,
    shape: tuple[int, int],
    size: tuple[float, float],
    cell: float | tuple[float, float],
    octaves: int = 4,
    gain: float = 0.5,
) -> Array:
    """Return fractal value noise (H, W), float32, about zero mean and unit deviation.

    Args:
        rng: what it is drawn from; the numbers drawn depend on `size` and `cell`, not on `shape`.
        shape: (H, W) in pixels.
        size: (height, width) of the field in the unit of `cell`.
        cell: distance between lattice points of the coarsest octave, or (vertical, horizontal).
        octaves: number of layers, each at half the distance of the one before.
        gain: weight of a layer relative to the one before.
    """
    cells = cell if isinstance(cell, tuple) else (cell, cell)
    total = np.zeros(shape, np.float32)
    weight, power = 1.0, 0.0
    for octave in range(octaves):
        lattice = [max(2, round(s / c * 2**octave) + 1) for s, c in zip(size, cells, strict=True)]
        grid = rng.standard_normal(lattice, dtype=np.float32)
        coarse = lattice[0] <= shape[0] and lattice[1] <= shape[1]
        how = cv2.INTER_CUBIC if coarse else cv2.INTER_AREA
        total += weight * cv2.resize(grid, (shape[1], shape[0]), interpolation=how)
        power += weight**2
        weight *= gain
    return np.asarray(
        total * np.float32(1.35 / np.sqrt(power))
    )  # cubic interpolation loses a quarter


def wander(
    rng: np.random.Generator, times: Array, amplitude: float, period: float, waves: int = 4
) -> Array:
    """Return a smooth random curve over `times` (N,) in seconds, within about ±`amplitude`."""
    phases = rng.uniform(0, 2 * np.pi, waves)
    periods = period * rng.uniform(0.6, 1.8, waves)
    weights = rng.uniform(0.5, 1.0, waves)
    curve: Array = np.zeros(len(times))
    for phase, length, weight in zip(phases, periods, weights, strict=True):
        curve += weight * np.sin(2 * np.pi * times / length + phase)
    return np.asarray(curve * (amplitude / weights.sum() * 1.4))
