"""Training of the inpainter, and its error in holes."""

import pytest
import torch

from selfbench.contracts import Run
from selfbench.methods.proposal_is.images import TrainingImages
from selfbench.methods.proposal_is.inpainting import (
    hole_error,
    inpainting_loss,
    random_holes,
    train_inpainter,
)
from selfbench.methods.proposal_is.networks import RandomFeatures
from selfbench.methods.proposal_is.settings import ProposalParams
from selfbench.training.devices import TorchDevices
from selfbench.training.log import read_log
from tests.methods.scenes import noise

FEATURES = RandomFeatures(torch.Generator().manual_seed(0))


def test_the_error_is_that_in_the_hole():
    image, filled = torch.zeros(2, 3, 6, 8), torch.zeros(2, 3, 6, 8)
    hidden = torch.zeros(2, 1, 6, 8)
    hidden[..., :3, :4] = 1
    filled[0, :, 0, :2] = 3.0  # two of the twelve hidden pixels
    filled[1, :, 5, 7] = 9.0  # outside the hole
    assert hole_error(image, filled, hidden).tolist() == pytest.approx([2 * 9, 0])


def test_the_loss_is_per_hidden_pixel_and_its_features_count():
    image, hidden = torch.zeros(1, 3, 8, 8), torch.zeros(1, 1, 8, 8)
    hidden[..., :4, :4] = 1
    filled = torch.ones_like(image)
    assert inpainting_loss(image, filled, hidden, FEATURES, 0).item() == pytest.approx(1)
    assert inpainting_loss(image, filled, hidden, FEATURES, 2).item() > 1.1
    assert inpainting_loss(image, image, hidden, FEATURES, 2).item() == 0


def test_holes_have_sides_in_their_range():
    holes = random_holes(200, (40, 60), torch.Generator().manual_seed(0))
    assert holes.shape == (200, 1, 40, 60) and holes.min() >= 0 and holes.max() <= 1.001
    shares = holes.mean(dim=(1, 2, 3))
    assert shares.min() > 0 and shares.max() < 0.6**2 + 0.02 and shares.mean() > 0.05


def test_a_trained_inpainter_is_frozen_and_better_than_before(tmp_path):
    params = ProposalParams(inpaint_steps=40, batch=4, size=32)
    run = Run(0, tmp_path, TorchDevices("cpu"))
    images = TrainingImages([noise(value=40)], params, run)
    network = train_inpainter(images, params, FEATURES, run, "image")
    assert not network.training and not any(p.requires_grad for p in network.parameters())
    log = [float(row["value"]) for row in read_log(tmp_path) if row["stage"] == "inpainter"]
    assert log[-1] < log[0] or log[0] == 0
