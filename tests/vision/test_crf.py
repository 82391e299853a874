import sys

import numpy as np
import pytest

from selfbench.errors import DataError
from selfbench.vision.crf import DenseCRF


@pytest.fixture
def scene():
    """A disc of another colour, and a mask of it that is shifted."""
    y, x = np.mgrid[:60, :80]
    disc = (y - 30) ** 2 + (x - 40) ** 2 < 15**2
    image = np.where(disc[..., None], (200, 60, 40), (40, 90, 160)).astype(np.uint8)
    noise = np.random.default_rng(0).integers(-8, 8, image.shape)
    image = np.clip(image + noise, 0, 255).astype(np.uint8)
    return image, disc, np.roll(disc, 4, axis=1).astype(np.float32)


def iou(a, b):
    return (a & b).sum() / (a | b).sum()


def test_the_mask_snaps_to_the_colours(scene):
    image, disc, mask = scene
    refined = DenseCRF().refine(image, mask)
    assert refined.shape == mask.shape and refined.dtype == np.float32
    assert refined.min() >= 0 and refined.max() <= 1
    assert iou(refined > 0.5, disc) > 0.97 > 0.8 > iou(mask > 0.5, disc)


def test_an_empty_mask_stays_empty(scene):
    image, _, mask = scene
    assert not (DenseCRF().refine(image, mask * 0) > 0.5).any()


def test_without_colour_the_mask_stays(scene):
    image, _, mask = scene
    refined = DenseCRF(colour_weight=0.0, smooth_weight=0.0).refine(image, mask)
    assert ((refined > 0.5) == (mask > 0.5)).all()
    assert refined.max() == pytest.approx(0.7, abs=1e-5)


def test_a_soft_mask_is_a_probability(scene):
    image, disc, mask = scene
    bare = DenseCRF(colour_weight=0.0, smooth_weight=0.0)
    soft = np.random.default_rng(0).uniform(0, 1, mask.shape).astype(np.float32)
    assert bare.refine_soft(image, soft) == pytest.approx(soft, abs=1e-4)
    smoothed = 0.4 * mask + 0.3
    refined = DenseCRF().refine_soft(image, smoothed)
    assert iou(refined > 0.5, disc) > 0.97


def test_without_the_library_a_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "pydensecrf", None)
    monkeypatch.setitem(sys.modules, "pydensecrf.densecrf", None)
    with pytest.raises(DataError, match=r"needs pydensecrf.* --no-build-isolation pydensecrf2"):
        DenseCRF().refine_soft(np.zeros((4, 4, 3), np.uint8), np.full((4, 4), 0.5))
