import numpy as np
import pytest

from selfbench.contracts import MaskMetric


def test_a_clip_is_summarised_by_the_mean_of_what_counts():
    metric = MaskMetric()
    assert metric.summarise(np.array([0.0, np.nan, 1.0])) == {"mean": 0.5}
    assert metric.curve(np.zeros((1, 1), bool), np.zeros((1, 1), np.uint8)) is None
    with pytest.raises(NotImplementedError):
        metric.frame(None, None)
