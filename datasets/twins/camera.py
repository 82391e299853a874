"""Curves in time: an even time grid to compute on, smoothing, and a camera that follows loosely."""

from __future__ import annotations

import numpy as np

from selfbench.datasets.twins.noise import Array, wander
from selfbench.datasets.twins.take import Ground

STEP = 0.01  # seconds between points of the even grid
LEAD = 2.0  # seconds the grid starts early, so that smoothing has a past


def even_grid(times: Array) -> Array:
    """Return an even grid of seconds that covers `times` with `LEAD` on both sides."""
    return np.arange(-LEAD, times[-1] + LEAD, STEP)


def resample(times: Array, grid: Array, values: Array) -> Array:
    """Return `values` (N,) or (N, K), known on `grid`, at `times` (M,)."""
    if values.ndim == 1:
        return np.interp(times, grid, values)
    return np.stack([np.interp(times, grid, column) for column in values.T], -1)


def smooth(values: Array, seconds: float) -> Array:
    """Return `values` (N,) on the even grid, smoothed over about `seconds`."""
    half = max(1, round(seconds / STEP))
    kernel = np.hanning(2 * half + 1)[1:-1]
    padded = np.pad(values, half - 1, mode="edge")
    return np.convolve(padded, kernel / kernel.sum(), mode="valid")


def integrate(rate: Array) -> Array:
    """Return the integral (N,) of `rate` over the even grid, zero at the start."""
    return np.concatenate([[0.0], np.cumsum(rate)[:-1]]) * STEP


def follow(
    rng: np.random.Generator,
    grid: Array,
    ground: Ground,
    x: Array,
    z: Array,
    stature: float,
    wide: float,
    tall: tuple[float, float] = (0.36, 0.54),
    lag: float = 0.8,
    loose: float = 0.26,
    period: float = 5.0,
) -> tuple[Array, Array]:
    """Return view centres (N, 2) in units and zooms (N,) that keep somebody in the picture.

    Args:
        rng: what it is drawn from.
        grid: the even grid (N,).
        ground: the venue's ground.
        x: position of the person to the right, metres (N,).
        z: distance of the person, metres (N,).
        stature: metres.
        wide: width of a frame in units at zoom 1.
        tall: bounds of the height of somebody upright, as a share of the unit.
        lag: seconds over which the camera evens out the movement.
        loose: how far from the middle the person drifts, as a share of the frame's width.
        period: seconds of that drift.
    """
    place, scale = ground.project(x, z)
    middle, swing = (tall[0] + tall[1]) / 2, (tall[1] - tall[0]) / 2
    height = middle + wander(rng, grid, swing, 7.0)
    zoom = smooth(height / (scale * stature), lag)
    body = 0.42 * stature * scale * zoom  # half the reach, in units of the frame
    room = np.clip(wide / 2 - body, 0.04, None)
    drift = np.clip(wander(rng, grid, loose * wide, period), -room, room)
    view_x = smooth(place[:, 0], lag) + drift / zoom
    focus = place[:, 1] - 0.5 * stature * scale
    view_y = smooth(focus, lag) + wander(rng, grid, 0.07, period) / zoom
    # However quick the person, the camera man does not lose sight.
    ahead = (place[:, 0] - view_x) * zoom
    view_x += smooth(np.clip(ahead - room, 0, None) + np.clip(ahead + room, None, 0), 0.25) / zoom
    return np.stack([view_x, view_y], -1), zoom


def shake(rng: np.random.Generator, grid: Array, amount: float) -> Array:
    """Return the trembling (N, 2) of a hand-held camera, units."""
    slow = [wander(rng, grid, amount, 0.9) + wander(rng, grid, 0.35 * amount, 0.25) for _ in "xy"]
    return np.stack(slow, -1)
