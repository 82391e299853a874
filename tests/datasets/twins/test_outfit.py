"""Clothes, faces and proportions."""

import numpy as np
import pytest

from selfbench.datasets.twins.noise import generator
from selfbench.datasets.twins.outfit import (
    HAIR,
    PATTERNS,
    SIDE,
    SKIN,
    Outfit,
    below,
    body_build,
    cloth,
    face,
    hsv,
)

RED, BLUE = (220.0, 40, 40), (40.0, 60, 220)


def outfit(style="short"):
    texture = cloth(generator("cloth"), "plain", RED, BLUE)
    return Outfit(
        body_build(generator("build"), True), SKIN[0], HAIR[0], style, texture, texture, texture,
        (30, 30, 30),
    )  # fmt: skip


@pytest.mark.parametrize("pattern", PATTERNS)
def test_cloth_has_its_colours(pattern):
    texture = cloth(generator(pattern), pattern, RED, BLUE)
    assert texture.shape == (SIDE, SIDE, 3) and texture.dtype == np.float32
    assert texture.min() >= 0 and texture.max() <= 255
    blue = texture[..., 2] > texture[..., 0]
    assert blue.any() == (pattern != "plain") and not blue.all()


def test_skin_shows_below_what_is_short():
    texture = np.zeros((SIDE, SIDE, 3), np.float32)
    bare = below(texture, 0.25, RED)
    assert (bare[-SIDE // 4 :] == RED).all() and (bare[: -SIDE // 4] == 0).all()
    assert not texture.any(), "a copy"
    assert np.array_equal(below(texture, 0, RED), texture)


@pytest.mark.parametrize("style", ["short", "long", "bun", "bald", "helmet", "cap"])
def test_heads_have_a_face_in_front_and_hair_behind(style):
    image = face(outfit(style), generator("face"))
    assert image.shape == (SIDE, SIDE, 3) and image.dtype == np.float32
    back = image[10, SIDE // 2 - 4 : SIDE // 2 + 4].mean(axis=0)
    dark = np.abs(back - HAIR[0]).sum() < 40
    assert dark == (style != "bald")
    chin_row = image[34, [-6, 6]].mean(axis=0)
    assert np.abs(chin_row - SKIN[0]).sum() < 40


@pytest.mark.parametrize("feminine", [True, False])
def test_people_have_the_stature_of_people(feminine):
    builds = [body_build(generator("person", i), feminine) for i in range(50)]
    low, high = (1.54, 1.76) if feminine else (1.68, 1.93)
    assert all(low <= b.stature <= high for b in builds)
    assert len({b.stature for b in builds}) == 50


def test_hue_wraps():
    assert hsv(0, 1, 1) == hsv(1, 1, 1) == (255, 0, 0)
    assert hsv(0.5, 0, 0.5) == (127.5, 127.5, 127.5)
