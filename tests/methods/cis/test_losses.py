"""The losses against Yang et al. 2019, Eq. 7."""

import pytest
import torch

from selfbench.methods.cis.losses import (
    Errors,
    distance,
    generator_loss,
    inpainter_loss,
    inpainting_errors,
)
from selfbench.methods.cis.networks import Inpainter


def test_the_right_mask_tells_nothing_of_the_other_side():
    """With independent constant motions the true mask reaches the optimum of Eq. 7, others not."""
    torch.manual_seed(0)
    inpainter = Inpainter(4, correct=True)
    true = torch.zeros(4, 1, 48, 64)
    true[..., 10:30, 12:40] = 1
    inside, outside = torch.randn(2, 4, 2, 1, 1)
    flow = inside * true + outside * (1 - true)
    image = torch.zeros(4, 3, 48, 64)

    def loss(mask):
        return generator_loss(inpainting_errors(inpainter, image, flow, mask), 75, 48 * 64).item()

    shifted = true.roll(10, dims=3)
    assert loss(true) < min(loss(shifted), loss(true * 0), loss(true * 0 + 1), loss(true * 0 + 0.5))
    assert loss(true * 0) == pytest.approx(1, abs=0.02), "mask-none explains nothing of nothing"


def test_epsilon_follows_the_resolution():
    """The same image twice as large has the same loss."""
    torch.manual_seed(0)
    small = Errors(*(torch.rand(4, 3) * 100))
    large = Errors(*(4 * part for part in small))
    assert generator_loss(small, 75, 1000).item() == pytest.approx(
        generator_loss(large, 75, 4000).item()
    )
    assert inpainter_loss(small, 1000).item() == pytest.approx(inpainter_loss(large, 4000).item())


def test_the_distance_is_summed_over_the_mask():
    flow, prediction = torch.zeros(1, 2, 3, 4), torch.ones(1, 2, 3, 4)
    mask = torch.zeros(1, 1, 3, 4)
    mask[..., 0, :2] = torch.tensor([1.0, 0.5])
    assert distance(flow, prediction, mask).item() == pytest.approx(2 * 1.5, rel=1e-5)


def test_eq_7_by_hand():
    """1 - 10 / (20 + eps) + 1 - 30 / (40 + eps), at the size for which epsilon is meant."""
    errors = Errors(*(torch.tensor([value]) for value in (10.0, 20.0, 30.0, 40.0)))
    expected = 1 - 10 / (20 + 75) + 1 - 30 / (40 + 75)
    assert generator_loss(errors, 75, 384 * 192).item() == pytest.approx(expected)
    assert inpainter_loss(errors, 50).item() == pytest.approx(100 / 50)
