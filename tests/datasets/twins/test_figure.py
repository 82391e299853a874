"""A posed person drawn from quads: where it stands, how light falls, and out of the frame."""

import numpy as np
import pytest

from selfbench.datasets.twins.body import Mesh
from selfbench.datasets.twins.figure import Light, draw, skin_vertices


def square_mesh(colour=(200.0, 100, 50)):
    """One square of a metre, facing the camera, on bone 0."""
    points = np.array([[-0.5, 1, 0], [0.5, 1, 0], [0.5, 0, 0], [-0.5, 0, 0.0]])
    return Mesh(
        points, points, np.zeros((4, 2), int), np.zeros(4), np.array([[3, 2, 1, 0]]),
        np.array([colour], np.float32), np.zeros(1),
    )  # fmt: skip


def drawn(mesh, feet=(50.0, 80.0), scale=40.0, roll=0.0, light=None):
    vertices = skin_vertices(mesh, np.zeros((1, 13, 3)), np.tile(np.eye(3), (1, 13, 1, 1)))
    return draw(
        mesh, vertices, np.array([feet]), np.array([scale]), np.array([roll]), 0.0,
        light or Light(), (100, 100), 3,
    )  # fmt: skip


def test_skin_follows_both_bones_by_their_weight():
    mesh = square_mesh()
    mesh.bones[:, 1] = 1
    mesh.weight[:] = 0.25
    origin = np.zeros((1, 13, 3))
    origin[0, 1] = (4, 0, 0)
    vertices = skin_vertices(mesh, origin, np.tile(np.eye(3), (1, 13, 1, 1)))
    assert vertices[0] == pytest.approx(mesh.near + np.array([1, 0, 0]))


def test_a_square_of_a_metre_covers_its_pixels():
    layer = drawn(square_mesh())
    assert layer.cover.sum() == pytest.approx(40 * 40, rel=0.06)
    ys, xs = np.nonzero(layer.cover > 0.5)
    x0, y0 = layer.corner
    assert (xs.min() + x0, xs.max() + x0 + 1) == pytest.approx((30, 70), abs=1)
    assert (ys.min() + y0, ys.max() + y0 + 1) == pytest.approx((40, 80), abs=1)
    assert layer.rgba[..., :3].max() <= 255


@pytest.mark.filterwarnings("ignore:.*:RuntimeWarning")  # of the mean depth of nothing
def test_the_back_of_a_quad_is_not_drawn():
    mesh = square_mesh()
    mesh.quads[:] = mesh.quads[:, ::-1]
    front, back = drawn(square_mesh()), drawn(mesh)
    shown = [layer is not None and layer.cover.sum() > 1 for layer in (front, back)]
    assert shown == [True, False]


def test_out_of_the_frame_there_is_nothing():
    assert drawn(square_mesh(), feet=(500.0, 80.0)) is None


def test_more_light_is_brighter():
    dim, bright = (
        drawn(square_mesh(), light=Light(ambient=a)).rgba[..., 0].max() for a in (0.3, 0.9)
    )
    assert bright > 1.3 * dim
