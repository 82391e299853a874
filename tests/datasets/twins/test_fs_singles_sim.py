"""The rink of fs-singles-sim: one skater on skates, mirrored in the ice, followed by a camera."""

import numpy as np

from selfbench.datasets.twins.fs_singles_sim import FSSinglesSim
from selfbench.datasets.twins.skeleton import COLUMN
from tests.datasets.twins.twins import take


def test_somebody_skates_and_jumps():
    takes = [take(FSSinglesSim, index=i, frames=240) for i in range(4)]
    for filmed in takes:
        assert filmed.script.outfit.gear == ("skates",)
        assert filmed.light.reflection > 0, "ice mirrors"
        assert np.ptp(filmed.script.x) > 2
    lift = np.concatenate([t.script.angles[:, COLUMN["lift"]] for t in takes])
    assert lift.min() >= -0.01 and 0.1 < lift.max() < 1.2


def test_the_camera_pans_along():
    filmed = take(FSSinglesSim, frames=240)
    assert np.ptp(filmed.script.view[:, 0]) > 1.0
    across = filmed.feet[:, 0] / filmed.size[1]
    assert (across > 0).mean() > 0.98 and (across < 1).mean() > 0.98


def test_venues_differ_in_their_adverts_alone_by_little():
    first, second = (take(FSSinglesSim, index=i).venue.image for i in (0, 1))
    assert first.shape == second.shape and not np.array_equal(first, second)
