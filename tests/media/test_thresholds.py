from fractions import Fraction

import numpy as np

from selfbench.media.thresholds import CUTS, LEVELS, STEPS, binarise


def test_the_grid_is_that_of_the_papers():
    assert len(LEVELS) == 19
    assert LEVELS[0] == 0.05 and LEVELS[-1] == 0.95


def test_binarise_is_exact_at_every_level_and_value():
    values = np.arange(256, dtype=np.uint8)[None]
    for k, level, cut in zip(STEPS, LEVELS, CUTS, strict=True):
        exact = [Fraction(v, 255) > Fraction(k, 20) for v in range(256)]
        assert binarise(values, level)[0].tolist() == exact
        assert (values[0] > cut).tolist() == exact


def test_level_zero_means_any_label():
    assert binarise(np.array([[0, 1, 255]], np.uint8), 0.0).tolist() == [[False, True, True]]
