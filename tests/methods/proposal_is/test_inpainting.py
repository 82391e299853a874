"""Training of the inpainter, and its error in holes."""

import pytest
import torch

from selfbench.contracts import Run
from selfbench.methods.proposal_is.images import TrainingImages
from selfbench.methods.proposal_is.inpainting import hole_error, random_holes, train_inpainter
from selfbench.methods.proposal_is.settings import ProposalParams
from selfbench.training.devices import TorchDevices
from selfbench.training.log import read_log
from tests.methods.scenes import noise


def test_the_error_is_that_in_the_hole_per_pixel():
    image, filled = torch.zeros(2, 3, 6, 8), torch.zeros(2, 3, 6, 8)
    hidden = torch.zeros(2, 1, 6, 8)
    hidden[..., :3, :4] = 1
    filled[0, :, 0, :2] = 3.0  # two of the twelve hidden pixels
    filled[1, :, 5, 7] = 9.0  # outside the hole
    assert hole_error(image, filled, hidden).tolist() == pytest.approx([2 * 9 / 12, 0])


def test_holes_have_sides_in_their_range():
    holes = random_holes(200, (40, 60), torch.Generator().manual_seed(0))
    assert holes.shape == (200, 1, 40, 60) and holes.min() >= 0 and holes.max() <= 1.001
    shares = holes.mean(dim=(1, 2, 3))
    assert shares.min() > 0 and shares.max() < 0.6**2 + 0.02 and shares.mean() > 0.05


def test_a_trained_inpainter_is_frozen_and_better_than_before(tmp_path):
    params = ProposalParams(fill="inpainted", inpaint_steps=40, batch=4, inpainter_widths=(4, 8))
    run = Run(0, tmp_path, TorchDevices("cpu"))
    network = train_inpainter(TrainingImages([noise(value=40)], params, run), params, run)
    assert not network.training and not any(p.requires_grad for p in network.parameters())
    log = [float(row["value"]) for row in read_log(tmp_path) if row["stage"] == "inpainter"]
    assert log[-1] < log[0] or log[0] == 0
