"""Things in the venues: each leaves its mark where it stands and nowhere else."""

import numpy as np
import pytest

from selfbench.datasets.twins.noise import generator
from selfbench.datasets.twins.paint import Canvas
from selfbench.datasets.twins.props import (
    bystander,
    conifer,
    jitter,
    leafy,
    sky,
    soft_shadow,
    spectator,
    tone,
    window,
)

GREY = 128


def canvas():
    paper = Canvas(-1, -1, 1, 1, 100)
    paper.image[:] = GREY
    return paper


def extent(paper):
    """Where something was painted: x0, x1, y0, y1 in units."""
    painted = (paper.image.astype(int) != GREY).any(axis=2)
    x, y = paper.x[0][painted.any(axis=0)], paper.y[:, 0][painted.any(axis=1)]
    return x[0], x[-1], y[0], y[-1]


@pytest.mark.parametrize(
    ("paint", "height"),
    [
        (lambda c, rng: bystander(c, rng, 0.2, 0.3, 0.4), 0.4 * 1.8),
        (lambda c, rng: spectator(c, rng, 0.2, 0.3, 0.4, 1.0), 0.4 * 0.7),
        (lambda c, rng: conifer(c, rng, 0.2, 0.3, 0.6, 0.5), 0.6),
        (lambda c, rng: window(c, rng, 0.1, 0.3, 0.2, 0.4), 0.4 * 1.17),
    ],
    ids=["bystander", "spectator", "conifer", "window"],
)
def test_things_stand_where_they_are_put_as_tall_as_they_are(paint, height):
    paper = canvas()
    paint(paper, generator("prop"))
    x0, x1, y0, y1 = extent(paper)
    assert x0 < 0.2 < x1 and y1 == pytest.approx(0.3, abs=0.13)
    assert y1 - y0 == pytest.approx(height, rel=0.35)


def test_a_tree_says_where_its_crown_is():
    paper = canvas()
    cx, cy, half_w, half_h = leafy(paper, generator("tree"), 0.0, 0.5, 0.8, (60, 120, 50))
    x0, x1, y0, _ = extent(paper)
    assert x0 < cx < x1 and y0 < cy < 0.5 and half_w > 0 and half_h > 0


def test_the_sky_ends_at_the_horizon():
    paper = canvas()
    sky(paper, generator("sky"), -1, 0.2, 0.4)
    above, below = paper.image[paper.y[:, 0] < 0.15], paper.image[paper.y[:, 0] > 0.25]
    assert (below == GREY).all() and above[..., 2].mean() > above[..., 0].mean()


def test_shadows_darken_softly():
    paper = canvas()
    soft_shadow(paper, 0, 0, 0.3, 0.2, 0.5)
    assert paper.image[100, 100, 0] == pytest.approx(GREY / 2, abs=3)
    assert paper.image[0, 0, 0] == GREY
    assert (np.diff(paper.image[100, 100:, 0].astype(int)) >= 0).all()


def test_tones_and_jitter_stay_colours():
    assert tone((100, 200, 50), 2) == (200, 255, 100)
    colours = [jitter(generator("j", i), (100, 200, 50), 0.3) for i in range(20)]
    assert len(set(colours)) == 20
    assert all(0 <= value <= 255 for colour in colours for value in colour)
