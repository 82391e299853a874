"""The losses against Yang et al. 2019, Eqs. 7 and 9, and as their code has them."""

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

FORMS = [("square", "flow"), ("charbonnier", "blind")]


@pytest.mark.parametrize(("norm", "denominator"), FORMS)
def test_the_right_mask_tells_nothing_of_the_other_side(norm, denominator):
    """With independent constant motions the true mask reaches the optimum of Eq. 7, others not."""
    torch.manual_seed(0)
    inpainter = Inpainter(4, correct=True)
    true = torch.zeros(4, 1, 48, 64)
    true[..., 10:30, 12:40] = 1
    inside, outside = torch.randn(2, 4, 2, 1, 1)
    flow = inside * true + outside * (1 - true)
    image = torch.zeros(4, 3, 48, 64)

    def loss(mask):
        errors = inpainting_errors(inpainter, image, flow, mask, norm, denominator)
        return generator_loss(errors, 1, 48 * 64).item()

    shifted = true.roll(10, dims=3)
    assert loss(true) < min(loss(shifted), loss(true * 0), loss(true * 0 + 1), loss(true * 0 + 0.5))
    if denominator == "blind":
        assert loss(true * 0) == pytest.approx(1, abs=0.02), "mask-none explains nothing of nothing"


def test_epsilon_follows_the_resolution():
    """The same image twice as large has the same loss."""
    torch.manual_seed(0)
    small = Errors(*(torch.rand(4, 3) * 100))
    large = Errors(*(4 * part for part in small))
    assert generator_loss(small, 75, 1000).item() == pytest.approx(
        generator_loss(large, 75, 4000).item()
    )
    assert inpainter_loss(small, 75, 1000, "blind").item() == pytest.approx(
        inpainter_loss(large, 75, 4000, "blind").item()
    )


def test_the_distance_is_summed_over_the_mask():
    flow, prediction = torch.zeros(1, 2, 3, 4), torch.ones(1, 2, 3, 4)
    mask = torch.zeros(1, 1, 3, 4)
    mask[..., 0, :2] = torch.tensor([1.0, 0.5])
    for norm, expected in (("square", 4), ("charbonnier", 2)):
        got = distance(flow, 2 * prediction, mask, norm).item()
        assert got == pytest.approx(2 * 1.5 * expected, rel=1e-5)


def test_eq_7_by_hand():
    """1 - 10 / (20 + eps) + 1 - 30 / (40 + eps), at the size for which epsilon is meant."""
    errors = Errors(*(torch.tensor([value]) for value in (10.0, 20.0, 30.0, 40.0)))
    expected = 1 - 10 / (20 + 75) + 1 - 30 / (40 + 75)
    assert generator_loss(errors, 75, 384 * 192).item() == pytest.approx(expected)
    assert inpainter_loss(errors, 75, 50, "blind").item() == pytest.approx(100 / 50)
    eq_9 = inpainter_loss(errors, 75, 384 * 192, "flow")
    assert eq_9.item() == pytest.approx(2 - expected), "the same quantity, minimised"


def test_eq_7_measures_errors_by_the_square_of_the_flow():
    """An inpainter that predicts nothing has the error of the flow itself: both terms are 0."""
    flow, mask = torch.randn(2, 2, 8, 8), torch.rand(2, 1, 8, 8)
    nothing = lambda image, flow, hidden: torch.zeros(len(image), 2, 8, 8)  # noqa: E731
    errors = inpainting_errors(nothing, torch.zeros(2, 3, 8, 8), flow, mask)
    assert torch.equal(errors.inside, errors.inside_scale)
    assert errors.inside.tolist() == pytest.approx((mask * flow.square()).sum((1, 2, 3)).tolist())
    assert generator_loss(errors, 1e-9, 64).item() == pytest.approx(0, abs=1e-6)
