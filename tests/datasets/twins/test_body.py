"""From an outfit to a mesh: closed, coloured, finer where a frame shows more."""

import numpy as np
import pytest

from selfbench.datasets.twins.body import build_mesh
from selfbench.datasets.twins.figure import skin_vertices
from selfbench.datasets.twins.noise import generator
from selfbench.datasets.twins.skeleton import ANGLES, BONES, pose
from tests.datasets.twins.twins import every_twin, take


@every_twin
def test_meshes_are_whole(kind):
    mesh = take(kind).mesh
    count = len(mesh.near)
    assert mesh.far.shape == mesh.near.shape == (count, 3)
    assert mesh.bones.shape == (count, 2) and mesh.bones.max() < BONES
    assert ((mesh.weight >= 0) & (mesh.weight <= 1)).all()
    assert mesh.quads.min() == 0 and mesh.quads.max() == count - 1
    assert len(np.unique(mesh.quads)) == count, "no vertex without a quad"
    assert mesh.colours.shape == (len(mesh.quads), 3) and mesh.colours.dtype == np.float32
    assert mesh.colours.min() >= 0 and mesh.colours.max() <= 255


@every_twin
def test_at_rest_a_person_is_as_tall_as_they_are(kind):
    outfit = take(kind).script.outfit
    mesh = build_mesh(outfit, 1.0, generator("mesh"))
    vertices = skin_vertices(mesh, *pose(np.zeros((1, len(ANGLES))), outfit.build))[0]
    height = vertices[:, 1].max() - vertices[:, 1].min()
    assert height == pytest.approx(outfit.build.stature, rel=0.12)


def test_detail_adds_quads():
    from selfbench.datasets.twins.h36m_sim import H36MSim

    outfit = take(H36MSim).script.outfit
    coarse, fine = (len(build_mesh(outfit, d, generator("m")).quads) for d in (0.8, 3.0))
    assert fine > 2 * coarse
