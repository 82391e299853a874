"""Trainings of a few steps."""

import numpy as np
import pytest

from selfbench.contracts import Run
from selfbench.methods.cis import CIS
from selfbench.methods.cis.settings import CISParams
from selfbench.training.devices import TorchDevices

TINY = {
    "size": (96, 72),
    "generator_width": 4,
    "inpainter_width": 2,
    "steps": 8,
    "pretrain_steps": 2,
    "reach": 1,
    "batch": 2,
    "crf_iterations": 1,
    "picture_every": 4,
}


@pytest.fixture
def trained(tmp_path):
    """Train on clips; returns the method and its masks (n, H, W) of the first, or of `test`."""

    def train(clips, test=None, **values):
        method = CIS(CISParams(**(TINY | values)))
        run = Run(0, tmp_path, TorchDevices())
        method.fit(clips, run)
        predictions = list(method.predict(test or clips[0], run))
        return method, np.array([p.mask for p in predictions])

    return train
