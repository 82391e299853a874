"""The slope of ski-ptz-sim: runs through gates, cut as a broadcast, with snow thrown up."""

import numpy as np

from selfbench.datasets.twins.ski_ptz_sim import HALF, SkiPTZSim
from selfbench.datasets.twins.take import MOMENTS
from tests.datasets.twins.twins import take


def test_somebody_skis_with_helmet_and_throws_snow_to_both_sides():
    filmed = take(SkiPTZSim, frames=240)
    assert filmed.script.outfit.gear == ("skis",) and filmed.script.outfit.hair_style == "helmet"
    assert filmed.script.anchor_feet
    assert filmed.spray.min() < 0 < filmed.spray.max()


def test_runs_follow_each_other_by_cuts():
    x = take(SkiPTZSim, frames=240).script.x
    jumps = np.abs(np.diff(x)) > 10
    assert 1 <= jumps.sum() <= 3
    assert ((np.flatnonzero(jumps) + 1) % MOMENTS == 0).all(), "never within a frame"
    assert np.abs(x).max() < HALF + 3


def test_the_slope_falls_to_the_right_or_the_left():
    tilts = [take(SkiPTZSim, index=i).venue.ground.tilt for i in (0, 1)]
    assert tilts[0] > 0 > tilts[1]
