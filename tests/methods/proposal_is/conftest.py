"""Clips of noise and trainings of a few steps."""

import pytest
import torch

from selfbench.contracts import Run
from selfbench.methods.proposal_is import ProposalIS
from selfbench.methods.proposal_is.model import Model
from selfbench.methods.proposal_is.settings import ProposalParams
from selfbench.training.devices import TorchDevices
from tests.methods.proposal_is.people import LEFT, RIGHT, TWO, people
from tests.methods.proposal_is.predictions import check_predictions
from tests.methods.scenes import noise

QUICK = {"steps": 2, "inpaint_steps": 2, "batch": 4, "crop": 16}


@pytest.fixture
def clip():
    return noise


@pytest.fixture
def trained(tmp_path):
    """Train on clips; returns the method and its run."""

    def train(clips, progress=lambda text: None, folder=tmp_path, **more):
        folder.mkdir(exist_ok=True)
        method = ProposalIS(ProposalParams(**(QUICK | more)))
        run = Run(0, folder, TorchDevices(), progress)
        method.fit(clips, run)
        return method, run

    return train


@pytest.fixture
def check():
    """Predict a clip and check that the predictions are sound."""
    return check_predictions


@pytest.fixture
def two_people():
    """A model whose detector shows two people in the first image and one in the second."""
    model = Model(ProposalParams()).eval()
    both = [people(TWO), people({RIGHT: 0.9, LEFT: 0.01})]
    p, boxes = (torch.cat(parts) for parts in zip(*both))
    model.propose = lambda image: (boxes, p.log())
    full = lambda image, view: (None, torch.full((len(view), 1, 8, 8), 0.9))  # noqa: E731
    model.segment = full
    return model
