"""Curves on an even grid of time, and a camera that keeps somebody in the picture."""

import numpy as np
import pytest

from selfbench.datasets.twins.camera import (
    LEAD,
    STEP,
    even_grid,
    follow,
    integrate,
    resample,
    shake,
    smooth,
)
from selfbench.datasets.twins.noise import generator
from selfbench.datasets.twins.take import Ground

TIMES = np.linspace(0, 10, 251)
GRID = even_grid(TIMES)


def test_the_grid_covers_the_times_with_room_on_both_sides():
    assert GRID[0] == -LEAD and GRID[-1] > TIMES[-1] + LEAD - 2 * STEP
    assert np.diff(GRID) == pytest.approx(STEP)


def test_resampling_gives_what_is_known():
    assert resample(TIMES, GRID, 3 * GRID) == pytest.approx(3 * TIMES)
    columns = resample(TIMES, GRID, np.stack([GRID, -GRID], -1))
    assert columns.shape == (251, 2) and columns[:, 1] == pytest.approx(-TIMES)


def test_smoothing_keeps_length_and_mean_and_rounds_corners():
    step = (GRID > 5).astype(float)
    smoothed = smooth(step, 1.0)
    assert len(smoothed) == len(step)
    assert smoothed[0] == 0 and smoothed[-1] == pytest.approx(1)
    assert np.diff(smoothed).max() < 0.02 < np.diff(step).max()
    assert smooth(np.full(50, 7.0), 0.3) == pytest.approx(7)


def test_integrals_begin_at_zero():
    way = integrate(np.full(len(GRID), 2.0))
    assert way[0] == 0 and way[-1] == pytest.approx(2 * (GRID[-1] - GRID[0]))


def test_the_camera_keeps_a_runner_in_the_picture():
    ground = Ground(focal=8.0, eye=2.0)
    x, z = 6 * np.sin(GRID), np.full(len(GRID), 30.0)
    view, zoom = follow(generator("camera"), GRID, ground, x, z, 1.8, wide=1.0)
    place, scale = ground.project(x, z)
    after_start = GRID > 0
    across = ((place[:, 0] - view[:, 0]) * zoom)[after_start]
    assert np.abs(across).max() < 0.5
    tall = (zoom * scale * 1.8)[after_start]
    assert tall.min() > 0.3 and tall.max() < 0.7


def test_hands_tremble_a_little():
    trembling = shake(generator("hand"), GRID, 0.01)
    assert trembling.shape == (len(GRID), 2)
    assert 0.002 < np.abs(trembling).max() < 0.03
    assert not np.array_equal(trembling[:, 0], trembling[:, 1])
