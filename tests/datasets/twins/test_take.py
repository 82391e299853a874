"""A clip before it is rendered: where the ground, the person and the camera are."""

import numpy as np
import pytest

from selfbench.datasets.twins.take import MOMENTS, Ground, Venue, instants
from tests.datasets.twins.twins import every_twin, take


def test_ground_gets_smaller_with_distance_and_may_slope():
    place, scale = Ground(focal=2.0, eye=1.5).project([0.0, 1.0], [4.0, 8.0])
    assert scale.tolist() == [0.5, 0.25]
    assert place == pytest.approx(np.array([[0, 0.75], [0.25, 0.375]]))
    sloped, _ = Ground(focal=2.0, eye=1.5, tilt=0.2).project([1.0], [8.0])
    assert sloped[0, 1] == pytest.approx(0.375 + 0.2 * 0.25)


def test_instants_lie_within_each_exposure():
    times = instants(3, 25.0).reshape(3, MOMENTS)
    assert times[:, MOMENTS // 2] == pytest.approx([0, 0.04, 0.08])
    assert (np.diff(times.ravel()) > 0).all()
    assert np.ptp(times[0]) < 0.5 / 25


def test_small_zooms_read_a_smaller_picture():
    venue = Venue(np.zeros((40, 60, 3), np.uint8), 20.0, (0, 0), Ground(1.0, 1.0))
    assert venue.size == (3, 2)
    assert venue.level(1.0)[1] == 1.0
    image, factor = venue.level(3.0)
    assert factor == 0.35 and image.shape[0] == pytest.approx(14, abs=1)


@every_twin
def test_every_array_runs_over_all_instants(kind):
    filmed = take(kind)
    count = filmed.frames * MOMENTS
    for values in (filmed.feet, filmed.scale, filmed.roll, filmed.window, filmed.origin,
                   filmed.rotation, filmed.trail, filmed.parallax):  # fmt: skip
        assert len(values) == count and np.isfinite(values).all()
    assert filmed.exposure.shape == (filmed.frames,)
    assert np.abs(filmed.exposure - 1).max() < 0.05


@every_twin
def test_the_frame_shows_a_part_of_the_venue(kind):
    filmed = take(kind)
    corners = np.array([[0, 0, 1], [63, 0, 1], [0, 63, 1], [63, 63, 1.0]]).T
    places = filmed.window @ corners  # (M, 2, 4), pixels of the venue's picture
    height, width = filmed.venue.image.shape[:2]
    inside = (places[:, 0] > -width * 0.1) & (places[:, 0] < width * 1.1)
    assert inside.all() and (places[:, 1] > -height * 0.1).all()


@every_twin
def test_light_falls_off_towards_the_corners(kind):
    vignette = take(kind).vignette[..., 0]
    assert vignette.max() == pytest.approx(1, abs=1e-3) and vignette[0, 0] == vignette.min() > 0.8
