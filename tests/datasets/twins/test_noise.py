"""Random numbers that depend on labels only, and fields that look the same at every size."""

import numpy as np
import pytest

from selfbench.datasets.twins.noise import fractal, generator, wander


def test_labels_alone_decide_what_is_drawn():
    assert generator("a", 1).uniform() == generator("a", 1).uniform()
    assert generator("a", 1).uniform() != generator("a", 2).uniform()
    assert generator("a", 1).uniform() != generator("1", "a").uniform()


def test_the_numbers_never_change():
    """Rendered clips, and so stored results, were made with them."""
    drawn = generator("rink", 3).integers(0, 1 << 30, 3).tolist()
    assert drawn == [846175829, 925302068, 122565696]


@pytest.mark.parametrize("cell", [0.1, (0.3, 0.05)])
def test_fields_look_the_same_at_every_size(cell):
    small = fractal(generator("field"), (64, 96), (1, 1.5), cell)
    large = fractal(generator("field"), (256, 384), (1, 1.5), cell)
    shrunk = large.reshape(64, 4, 96, 4).mean(axis=(1, 3))
    assert np.corrcoef(shrunk.ravel(), small.ravel())[0, 1] > 0.9


def test_fields_have_no_mean_and_unit_deviation():
    field = fractal(generator("field"), (256, 256), (1, 1), 0.03)
    assert field.dtype == np.float32
    assert field.mean() == pytest.approx(0, abs=0.15)
    assert field.std() == pytest.approx(1, abs=0.25)


def test_curves_are_smooth_and_stay_near_their_amplitude():
    times = np.arange(0, 60, 0.01)
    curve = wander(generator("curve"), times, 0.3, 5.0)
    assert np.abs(curve).max() <= 1.4 * 0.3
    assert np.abs(curve).max() > 0.1
    assert np.abs(np.diff(curve)).max() < 0.02
