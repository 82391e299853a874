"""How people move: poses by name, easing, walking, mirrors, strolls."""

import numpy as np
import pytest

from selfbench.datasets.twins.camera import STEP, even_grid
from selfbench.datasets.twins.motion import (
    ACTS,
    STAND,
    angles_of,
    blend,
    carve,
    mirror,
    stroll,
    walk,
)
from selfbench.datasets.twins.noise import generator
from selfbench.datasets.twins.skeleton import ANGLES, COLUMN

GRID = even_grid(np.linspace(0, 20, 501))


def test_a_name_without_its_side_means_both():
    row = angles_of({"elbow": 90, "hipL": 30, "lift": 0.2})
    assert row[COLUMN["elbowL"]] == row[COLUMN["elbowR"]] == pytest.approx(np.pi / 2)
    assert row[COLUMN["hipL"]] == pytest.approx(np.pi / 6) and row[COLUMN["hipR"]] == 0
    assert row[COLUMN["lift"]] == 0.2, "metres"
    assert row[COLUMN["kneeL"]] == pytest.approx(np.radians(STAND["knee"]))


def test_blending_passes_through_its_keys_and_eases():
    poses = blend(np.array([-1.0, 0, 0.1, 1, 2, 9]), [(0, {"bend": 0}), (2, {"bend": 40})])
    bend = np.degrees(poses[:, COLUMN["bend"]])
    assert bend[[0, 1, 3, 4, 5]] == pytest.approx([0, 0, 20, 40, 40])
    assert bend[2] < 40 * 0.05, "slowly at first"


def test_walking_repeats_and_swings_arms_against_legs():
    steps = walk(np.array([0.7, 0.7 + 2 * np.pi]))
    assert steps.shape == (2, len(ANGLES)) and steps[0] == pytest.approx(steps[1])
    stride = walk(np.linspace(0, 2 * np.pi, 100))
    hip, arm = stride[:, COLUMN["hipL"]], stride[:, COLUMN["flexL"]]
    assert np.corrcoef(hip, arm)[0, 1] < -0.99
    assert (walk(np.array([1.0]), 0.0) == 0).all()


def test_a_mirror_twice_is_nothing():
    angles = generator("mirror").normal(size=(5, len(ANGLES)))
    assert np.array_equal(mirror(mirror(angles)), angles)
    assert np.array_equal(mirror(angles)[:, COLUMN["kneeL"]], angles[:, COLUMN["kneeR"]])
    assert np.array_equal(mirror(angles)[:, COLUMN["yaw"]], -angles[:, COLUMN["yaw"]])


def test_carving_leans_into_the_turn():
    swing = np.sin(GRID)
    angles = carve(swing, 0.0, generator("ski"))
    assert angles.shape == (len(GRID), len(ANGLES))
    assert abs(np.corrcoef(angles[:, COLUMN["roll"]], swing)[0, 1]) > 0.9


def test_a_stroll_stays_within_reach_and_stops_for_acts():
    angles, x, z = stroll(generator("stroll"), GRID, (2.0, 1.0), 1.2, 0.9, ACTS)
    assert angles.shape == (len(GRID), len(ANGLES))
    assert np.abs(x).max() < 2.5 and np.abs(z).max() < 1.4
    speed = np.hypot(np.gradient(x), np.gradient(z)) / STEP
    assert speed.max() < 1.2 * 1.2
    assert (speed < 0.01).mean() > 0.05 and (speed > 1.0).mean() > 0.2
