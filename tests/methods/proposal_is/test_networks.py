"""The small networks, and the paper's detector and inpainter: shapes and sizes of layers."""

import pytest
import torch

from selfbench.methods.proposal_is.networks import (
    Detector,
    Inpainter,
    RandomFeatures,
    Synthesis,
    small_body,
)


@pytest.mark.parametrize("size", [(360, 640), (45, 70)])
def test_the_inpainter_of_the_paper_takes_any_size(size):
    network = Inpainter().eval()
    with torch.inference_mode():
        out = network(torch.zeros(1, 3, *size), torch.zeros(1, 1, *size))
    assert out.shape == (1, 3, *size)
    norms = [m for m in network.up.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    assert not norms and len(network.grow) == 5


def test_the_small_detector_has_five_channels_per_cell_and_starts_undecided():
    torch.manual_seed(0)
    detector = Detector(*small_body(), side=0).eval()
    with torch.inference_mode():
        boxes, logits = detector(torch.randn(2, 3, 64, 64))
    assert boxes.shape == (2, 4, 8, 8) and logits.shape == (2, 64)
    assert logits.softmax(dim=1).max() < 2 / 64


@pytest.mark.parametrize("hole_channel", [False, True])
def test_what_is_hidden_does_not_reach_the_inpainter(hole_channel):
    torch.manual_seed(0)
    network, image = Inpainter(hole_channel, (4, 8)).eval(), torch.randn(1, 3, 16, 16)
    hidden = torch.zeros(1, 1, 16, 16)
    hidden[..., 4:8, 4:8] = 1
    with torch.inference_mode():
        assert torch.equal(network(image, hidden), network(image + 5 * hidden, hidden))
        assert not torch.equal(network(image, hidden), network(image + 5, hidden))


def test_the_small_synthesis_network_has_colour_and_mask():
    colour, mask = Synthesis(32, (4, 8), 6).eval()(torch.randn(2, 3, 32, 32))
    assert colour.shape == (2, 3, 32, 32) and mask.shape == (2, 1, 32, 32)


def test_random_features_have_unit_deviation():
    maps = RandomFeatures(torch.Generator().manual_seed(0))(torch.randn(2, 3, 16, 16))
    assert [m.shape[-1] for m in maps] == [16, 8]
    assert [m.square().mean().item() for m in maps] == pytest.approx([1, 1], abs=0.01)
