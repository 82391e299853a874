"""Clips of noise and trainings of a few steps."""

import numpy as np
import pytest

from selfbench.contracts import Clip, Run
from selfbench.methods.proposal_is import ProposalIS
from selfbench.methods.proposal_is.settings import ProposalParams
from selfbench.training.devices import TorchDevices

QUICK = {"steps": 2, "inpaint_steps": 2, "batch": 4, "crop": 16}


class Frames(list):
    """Frames with names."""

    @property
    def names(self):
        return [f"{i:05d}" for i in range(len(self))]


def noise(count=6, height=40, width=56, value=None) -> Clip:
    frames = np.random.default_rng(0).integers(0, 256, (count, height, width, 3), np.uint8)
    if value is not None:
        frames[:] = value
    return Clip("noise", Frames(frames))


@pytest.fixture
def clip():
    return noise


@pytest.fixture
def trained(tmp_path):
    """Train on clips; returns the method and its run."""

    def train(clips, progress=lambda text: None, **more):
        method = ProposalIS(ProposalParams(**(QUICK | more)))
        run = Run(0, tmp_path, TorchDevices(), progress)
        method.fit(clips, run)
        return method, run

    return train


@pytest.fixture
def check():
    """Predict a clip and check that the predictions are sound."""

    def predict(method, clip, run):
        predictions = list(method.predict(clip, run))
        assert len(predictions) == len(clip.frames)
        for p, frame in zip(predictions, clip.frames):
            assert p.mask.shape == frame.shape[:2]
            assert np.isfinite(p.mask).all() and p.mask.min() >= 0 and p.mask.max() <= 1
            assert np.isfinite(p.boxes).all() and p.boxes.shape == (1, 4)
        return predictions

    return predict
