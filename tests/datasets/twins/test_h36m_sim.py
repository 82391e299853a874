"""The laboratory of h36m-sim: a static camera, a known background, somebody who acts."""

import numpy as np

from selfbench.datasets.twins.h36m_sim import H36MSim
from tests.datasets.twins.twins import take


def test_the_camera_stands_still():
    filmed = take(H36MSim, frames=60)
    assert np.ptp(filmed.window, axis=0).max() == 0
    assert H36MSim.knows_background and H36MSim.variants == 4


def test_somebody_walks_about_the_room():
    filmed = take(H36MSim, frames=240)
    assert np.ptp(filmed.script.x) > 0.5 and np.ptp(filmed.script.z) > 0.3
    assert (filmed.script.z > 3).all() and (filmed.script.z < 7).all()


def test_each_of_four_cameras_sees_a_room_of_its_own():
    rooms = [take(H36MSim, index=i, train_clips=5).venue.image for i in range(5)]
    assert len({room.tobytes() for room in rooms[:4]}) == 4
    assert np.array_equal(rooms[0], rooms[4])
