"""The garden of handheld-sim: a camera in somebody's hands, trees that sway before it."""

import numpy as np

from selfbench.datasets.twins.handheld_sim import HandheldSim
from tests.datasets.twins.twins import take


def test_the_camera_trembles_and_walks():
    filmed = take(HandheldSim, frames=240)
    assert filmed.script.parallax is not None and np.ptp(filmed.script.parallax) > 0.2
    steps = np.diff(filmed.script.view, axis=0)
    assert np.abs(steps).max() < 0.02, "it trembles, it does not jump"
    assert filmed.script.roll.std() > 0.003


def test_plants_stand_before_the_rest_and_sway():
    venue = take(HandheldSim).venue
    assert venue.front.shape == (*venue.image.shape[:2], 4)
    assert 0.005 < (venue.front[..., 3] > 127).mean() < 0.6
    nearness, movement, phase = venue.sway
    assert nearness.shape == movement.shape == phase.shape
    assert venue.near.max() > venue.near.min() >= 0


def test_somebody_walks_in_front_of_the_camera():
    filmed = take(HandheldSim, frames=240)
    assert (filmed.script.z > 2.5).all() and (filmed.script.z < 8).all()
