"""The generator and the inpainter."""

import pytest
import torch

from selfbench.methods.cis.networks import Affine, Generator, Inpainter, interpolated


def test_the_networks_have_the_papers_size():
    """Yang et al. 2019 give both, swapped; these follow from the published code's layers."""
    count = [sum(p.numel() for p in n.parameters()) for n in (Generator(32), Inpainter(16, False))]
    assert count == [pytest.approx(1.45e6, rel=0.005), pytest.approx(3.39e6, rel=0.005)]


@pytest.mark.parametrize("correct", [False, True])
def test_hidden_flow_cannot_be_seen(correct):
    torch.manual_seed(0)
    network = Inpainter(4, correct)
    image, flow = torch.rand(1, 3, 48, 64), torch.rand(1, 2, 48, 64)
    hidden = torch.zeros(1, 1, 48, 64)
    hidden[..., 20:40, 20:40] = 1
    other = flow + 5 * hidden
    assert torch.equal(network(image, flow, hidden), network(image, other, hidden))
    assert not torch.equal(network(image, flow, 0 * hidden), network(image, other, 0 * hidden))


def test_interpolation_continues_a_constant_and_knows_nothing_of_nothing():
    flow = torch.full((1, 2, 33, 50), 0.3)
    hidden = torch.zeros(1, 1, 33, 50)
    hidden[..., :, :40] = 1
    assert interpolated(flow, 1 - hidden) == pytest.approx(0.3, abs=0.02)
    assert interpolated(flow, 0 * hidden).abs().max() < 1e-6


def test_batch_norm_of_the_code_is_a_scale_and_a_shift():
    """With mean 0 and variance 1, and TensorFlow's epsilon of 0.001."""
    torch.manual_seed(0)
    affine, x = Affine(3), torch.randn(2, 3, 4, 5)
    with torch.no_grad():
        affine.scale.copy_(torch.tensor([1.0, 2.0, 3.0]).view(3, 1, 1))
        affine.shift.copy_(torch.tensor([0.0, 1.0, 0.0]).view(3, 1, 1))
    norm = torch.nn.BatchNorm2d(3, eps=1e-3).eval()
    norm.weight.data, norm.bias.data = affine.scale.flatten(), affine.shift.flatten()
    assert torch.allclose(affine(x), norm(x), atol=1e-6)


@pytest.mark.parametrize("factor", [1, 100])
def test_the_unit_of_the_flow_does_not_matter_to_the_generator(factor):
    torch.manual_seed(0)
    generator = Generator(4).eval()
    image, flow = torch.rand(2, 3, 16, 24) - 0.5, torch.randn(2, 2, 16, 24)
    mask = generator(image, factor * flow + 3)
    assert mask.shape == (2, 1, 16, 24) and mask.min() > 0 and mask.max() < 1
    assert torch.allclose(mask, generator(image, flow), atol=1e-3)
