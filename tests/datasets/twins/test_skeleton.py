"""The skeleton: lengths of bones never change, and somebody stands on the ground."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfbench.datasets.twins.skeleton import (
    ANGLES,
    BONES,
    COLUMN,
    FOOT,
    FOREARM,
    HEAD,
    SHIN,
    THIGH,
    UPPER_ARM,
    Build,
    pose,
    turn_x,
    turn_y,
    turn_z,
)

BUILD = Build(stature=1.8)
LIMBS = [*zip(UPPER_ARM, FOREARM), *zip(THIGH, SHIN), *zip(SHIN, FOOT)]


def lengths(origin):
    return np.array([np.linalg.norm(origin[a] - origin[b]) for a, b in LIMBS])


def test_somebody_stands_upright_with_both_feet_on_the_ground():
    origin, rotation = pose(np.zeros((1, len(ANGLES))), BUILD)
    assert origin.shape == (1, BONES, 3) and rotation.shape == (1, BONES, 3, 3)
    assert origin[0, HEAD, 1] > 0.8 * 1.8
    assert origin[0, FOOT, 1] == pytest.approx(0.045 * 1.8)
    assert np.allclose(rotation, np.eye(3))


@given(st.lists(st.floats(-1.5, 1.5), min_size=len(ANGLES), max_size=len(ANGLES)))
@settings(max_examples=50, deadline=None)
def test_no_pose_stretches_a_bone_or_sinks_into_the_ground(angles):
    angles = np.array([angles])
    angles[:, COLUMN["lift"]] = 0
    origin, rotation = pose(angles, BUILD)
    rest, _ = pose(np.zeros((1, len(ANGLES))), BUILD)
    assert lengths(origin[0]) == pytest.approx(lengths(rest[0]))
    assert np.allclose(rotation @ rotation.swapaxes(-1, -2), np.eye(3), atol=1e-9)
    assert origin[0, FOOT, 1].min() > -0.045 * 1.8 - 0.2 * 1.8


def test_lift_is_metres_above_the_ground():
    angles = np.zeros((2, len(ANGLES)))
    angles[1, COLUMN["lift"]] = 0.5
    origin, _ = pose(angles, BUILD)
    assert (origin[1] - origin[0])[:, 1] == pytest.approx(0.5)


def test_anchored_feet_stay_where_they_are():
    angles = np.zeros((2, len(ANGLES)))
    angles[1, COLUMN["lean"]] = 0.5
    origin, _ = pose(angles, BUILD, anchor_feet=True)
    assert origin[:, FOOT][..., [0, 2]].mean(axis=1) == pytest.approx(np.zeros((2, 2)), abs=1e-9)


@pytest.mark.parametrize(
    ("turn", "start", "end"),
    [
        (turn_x, [0, 1, 0], [0, 0, 1]),
        (turn_y, [0, 0, 1], [1, 0, 0]),
        (turn_z, [0, -1, 0], [1, 0, 0]),
    ],
)
def test_rotations_turn_as_they_say(turn, start, end):
    assert turn(np.array([np.pi / 2]))[0] @ start == pytest.approx(np.array(end, float), abs=1e-9)
