"""A canvas in units, and a plan of the ground laid into perspective."""

import numpy as np
import pytest

from selfbench.datasets.twins.noise import generator
from selfbench.datasets.twins.paint import Canvas, Floor
from selfbench.datasets.twins.take import Ground

RED = (255.0, 0, 0)


def canvas(**more):
    return Canvas(-1, -0.5, 1, 0.5, 100, **more)


def test_positions_are_units():
    paper = canvas()
    assert paper.image.shape == (100, 200, 3)
    assert paper.x[0, [0, -1]] == pytest.approx([-0.995, 0.995])
    assert paper.y[[0, -1], 0] == pytest.approx([-0.495, 0.495])


@pytest.mark.parametrize("ppu", [50, 200])
def test_shapes_are_where_they_belong_at_any_size(ppu):
    paper = Canvas(-1, -0.5, 1, 0.5, ppu)
    paper.rect(-0.5, -0.2, 0.5, 0.2, RED)
    red = paper.image[..., 0] > 127
    assert red.mean() == pytest.approx(0.2, abs=2 / ppu)
    assert paper.x[0][red.any(axis=0)][[0, -1]] == pytest.approx([-0.5, 0.5], abs=1.5 / ppu)
    paper.disc(0, 0, 0.3, (0, 255, 0), stretch=2)
    green = paper.image[..., 1] > 127
    assert green.mean() == pytest.approx(np.pi * 0.3 * 0.6 / 2, abs=2 / ppu)


def test_thin_lines_are_mixed_in():
    thin, thick = canvas(), canvas()
    thin.line([(-0.5, 0), (0.5, 0)], RED, 0.002)
    thick.line([(-0.5, 0), (0.5, 0)], RED, 0.05)
    assert 20 < thin.image.max() < 120 and thick.image.max() == 255
    assert (thick.image[..., 0] > 127).mean() > 0.01


def test_what_is_clear_carries_its_coverage():
    paper = canvas(clear=True)
    paper.rect(-0.5, -0.2, 0.5, 0.2, RED)
    assert paper.image.shape[2] == 4
    assert (paper.image[..., 3] == paper.image[..., 0]).all()


def test_light_is_multiplied_and_colours_are_mixed():
    paper = canvas()
    paper.gradient(-0.5, 0.5, (100, 100, 100), (200, 200, 200))
    assert paper.image[0, 0, 0] == pytest.approx(100, abs=2)
    assert paper.image[-1, 0, 0] == pytest.approx(199, abs=2)
    before = paper.image.astype(int)
    paper.shade(np.full(paper.shape, 0.5), where=(paper.x < 0) * np.ones(paper.shape))
    assert paper.image[:, :90] == pytest.approx(before[:, :90] / 2, abs=1)
    assert np.array_equal(paper.image[:, 110:], before[:, 110:])
    paper.mix(RED, np.ones(paper.shape))
    assert (paper.image == RED).all()


def test_noise_is_the_same_at_any_size():
    small = canvas().noise(generator("n"), 0.2)
    large = Canvas(-1, -0.5, 1, 0.5, 200).noise(generator("n"), 0.2)
    shrunk = large.reshape(100, 2, 200, 2).mean(axis=(1, 3))
    assert np.corrcoef(shrunk.ravel(), small.ravel())[0, 1] > 0.95


def test_words_leave_ink():
    paper = canvas()
    paper.text(-0.8, 0.2, 0.3, "NORDIS", RED)
    assert 0.01 < (paper.image[..., 0] > 127).mean() < 0.4


def test_a_plan_is_laid_below_the_horizon_with_near_ground_larger():
    paper, floor = canvas(), Floor(-10, 10, 2, 40, 20)
    floor.canvas.rect(-10, 4, 10, 6, RED)
    floor.canvas.rect(-10, 20, 10, 22, RED)
    ground = Ground(focal=1.0, eye=1.6)
    inside = floor.lay(paper, ground, back=30)
    assert not inside[paper.y[:, 0] < 1.6 / 30].any() and inside[-1].all()
    rows = (paper.image[..., 0] > 127).any(axis=1)
    near, far = (paper.y[:, 0] > 0.2) & rows, (paper.y[:, 0] < 0.1) & rows
    assert near.sum() > 4 * far.sum() > 0


def test_a_canvas_becomes_a_venue():
    ground = Ground(focal=1.0, eye=1.6)
    venue = canvas().venue(ground, coarse=2.0)
    assert venue.ground is ground and venue.coarse == 2.0
    assert venue.size == pytest.approx((2, 1))
