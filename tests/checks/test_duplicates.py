"""Near duplicates: exact copies, re-encoded ones, and nothing else."""

import io

import numpy as np
import pytest
from PIL import Image as Pillow

from selfbench.checks.duplicates import NEAR, fingerprint, near_pairs
from tests.checks.pictures import picture


def reencoded(image, quality=60, scale=2):
    """An image as JPEG, after it was shrunk and enlarged again."""
    size = image.shape[1::-1]
    small = Pillow.fromarray(image).resize([side // scale for side in size]).resize(size)
    file = io.BytesIO()
    small.save(file, "JPEG", quality=quality)
    return np.array(Pillow.open(file))


def test_near_pairs_equal_the_slow_way():
    rng = np.random.default_rng(0)
    first = [fingerprint(picture(seed)) for seed in range(40)]
    second = [fingerprint(picture(seed)) for seed in rng.integers(0, 80, 60)]

    def distance(a, b):
        return sum(bin(x ^ y).count("1") for x, y in zip(a.near, b.near))

    slow = {place: any(distance(a, b) <= NEAR for a in first) for place, b in enumerate(second)}
    near_places = {place for _, place, _ in near_pairs(first, second)}
    assert near_places == {place for place, near in slow.items() if near}
    assert list(near_pairs([], second)) == []


def test_flat_images_are_near_to_nothing():
    black, white = np.zeros((20, 20, 3), np.uint8), np.full((20, 20, 3), 255, np.uint8)
    assert list(near_pairs([fingerprint(black)], [fingerprint(white)])) == []


def test_an_exact_copy_comes_before_a_near_one():
    image = picture(3)
    near = fingerprint(reencoded(image))
    first = [near, fingerprint(picture(4)), fingerprint(image), fingerprint(image)]
    assert list(near_pairs(first, [fingerprint(image)])) == [(2, 0, True)]
    assert list(near_pairs(first[:2], [fingerprint(image)])) == [(0, 0, False)]


@pytest.mark.parametrize("quality", [95, 60, 30])
def test_other_qualities_and_sizes_are_near(quality):
    image = picture(5)
    (pair,) = near_pairs([fingerprint(image)], [fingerprint(reencoded(image, quality))])
    assert pair == (0, 0, False)
    large = np.array(Pillow.fromarray(image).resize((256, 192)))
    assert list(near_pairs([fingerprint(image)], [fingerprint(large)])) == [(0, 0, False)]


def test_exact_digests_follow_the_pixels():
    assert fingerprint(picture(1)).exact == fingerprint(picture(1)).exact
    assert fingerprint(picture(1)).exact != fingerprint(picture(2)).exact


def test_blocks_do_not_change_the_pairs(monkeypatch):
    prints = [fingerprint(picture(seed)) for seed in range(12)]
    whole = list(near_pairs(prints[:6], prints[3:]))
    monkeypatch.setattr("selfbench.checks.duplicates._BLOCK", 7)
    assert list(near_pairs(prints[:6], prints[3:])) == whole
    assert {pair[1] for pair in whole if pair[2]} == {0, 1, 2}
