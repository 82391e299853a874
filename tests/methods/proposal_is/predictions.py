"""What every prediction of one box per frame has in common."""

import numpy as np


def check_predictions(method, clip, run):
    """Predict a clip, check that the predictions are sound, and return them."""
    predictions = list(method.predict(clip, run))
    assert len(predictions) == len(clip.frames)
    for p, frame in zip(predictions, clip.frames):
        assert p.mask.shape == frame.shape[:2]
        assert np.isfinite(p.mask).all() and p.mask.min() >= 0 and p.mask.max() <= 1
        assert np.isfinite(p.boxes).all() and p.boxes.shape == (1, 4)
    return predictions
