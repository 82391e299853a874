"""One regressed box for the whole image."""

import pytest
import torch

from selfbench.methods.proposal_is.geometry import decode_boxes
from selfbench.methods.proposal_is.model import Model
from selfbench.methods.proposal_is.settings import ProposalParams
from selfbench.methods.proposal_is.single_box import SingleBox


def test_it_starts_in_the_middle_and_is_certain():
    raw, logits = SingleBox()(torch.zeros(2, 4, 8, 8), torch.zeros(2, 64))
    assert raw.shape == (2, 4, 1, 1) and not raw.any()
    assert logits.shape == (2, 1) and (logits.softmax(dim=1) == 1).all()


def test_a_single_box_is_one_proposal():
    boxes, logits = Model(ProposalParams(proposal="single")).propose(torch.randn(2, 3, 64, 64))
    assert boxes.shape == (2, 1, 4) and logits.shape == (2, 1)


def test_a_regressed_box_can_go_anywhere():
    raw = torch.tensor([[0.0, 0, 20, -20]]).reshape(1, 4, 1, 1)
    assert decode_boxes(raw, (0.2, 0.8), 0.5, "cell")[0, 0].tolist() == pytest.approx(
        [1, 0, 0.5, 0.5]
    )


def test_the_regressed_box_can_be_learnt():
    """Every part of the detector is reached, and the box follows."""
    torch.manual_seed(0)
    model = Model(ProposalParams(proposal="single"))
    image = torch.randn(2, 3, 64, 64)
    target = torch.tensor([[0.2, 0.7, 0.3, 0.5], [0.8, 0.4, 0.6, 0.2]])
    optimiser = torch.optim.Adam(model.parameters(), 0.01)
    for _ in range(150):
        loss = (model.propose(image)[0][:, 0] - target).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert loss.item() < 1e-3
    assert all(part.grad is not None for part in model.detector.parameters())
