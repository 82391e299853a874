"""Terms of the loss against their equations, and their weights."""

import pytest
import torch

from selfbench.methods.proposal_is.losses import (
    Losses,
    background_loss,
    box_prior,
    cell_prior,
    leave_one_out_mean,
    mask_prior,
    share_below,
)


def test_the_share_of_masks_below_the_target():
    """Katircioglu et al. 2022, Fig. 10."""
    means = torch.tensor([0.001, 0.004, 0.006, 0.5])
    assert share_below(means[:, None, None, None].expand(-1, 1, 4, 4), 0.005) == 0.5


def test_the_v_shaped_prior():
    """Katircioglu et al. 2022, Eq. 6: |mean - lambda| + lambda."""
    for mean, expected in ((0.02, 0.18), (0.1, 0.1), (0.3, 0.3)):
        alpha = torch.full((2, 1, 4, 4), mean)
        assert mask_prior(alpha, "v", 0.1, "image").item() == pytest.approx(expected)


@pytest.mark.parametrize(("kind", "value"), [("l1", 0.25), ("l2", 0.125), ("none", 0.0)])
def test_the_other_mask_priors(kind, value):
    alpha = torch.tensor([0.5, 0.0]).view(2, 1, 1, 1).expand(-1, 1, 4, 4)
    assert mask_prior(alpha, kind, 0.1, "image").item() == pytest.approx(value)


def test_the_background_loss_rewards_what_cannot_be_inpainted():
    """Eq. 11: minus the mean of weight times error."""
    weights = torch.tensor([[1.0, 2.0], [0.5, 1.0]])
    error = torch.tensor([1.0, 2.0, 4.0, 3.0])
    assert background_loss(weights, error, "importance").item() == -(1 + 4 + 2 + 3) / 4


def test_a_baseline_is_the_mean_of_the_images_other_samples():
    error = torch.tensor([[1.0, 2.0, 6.0]])
    assert leave_one_out_mean(error).tolist() == [[4.0, 3.5, 1.5]]
    assert leave_one_out_mean(torch.tensor([[1.0], [3.0]])).tolist() == [[2.0], [2.0]]
    weights = torch.ones(1, 3)
    assert background_loss(weights, error.flatten(), "reinforce-baseline").item() == 0


def test_the_box_prior_is_about_the_mean_box():
    """An upright person in the middle: 0.4 of the height, and 1.5 times as tall as wide."""
    wide = 16 / 9
    person = torch.tensor([[0.5, 0.5, 0.4 / (1.5 * wide), 0.4]])
    assert box_prior(person, wide).item() == pytest.approx(0, abs=1e-9)
    apart = person + torch.tensor([[0.2, -0.1, 0.05, 0.1], [-0.2, 0.1, -0.05, -0.1]])
    assert box_prior(apart, wide).item() == pytest.approx(0, abs=1e-9)
    assert box_prior(person + torch.tensor([0, 0, 0, 0.1]), wide).item() == pytest.approx(0.01)
    assert box_prior(person + torch.tensor([0, 0.1, 0, 0]), wide).item() == pytest.approx(0.04)


def test_the_priors_on_probabilities():
    p = torch.tensor([[0.5, 0.25, 0.25], [1.0, 0.0, 0.0]])
    p_c = torch.tensor([[0.25], [1.0]])
    values = [cell_prior(p, p_c, kind).item() for kind in ("l1", "l2", "sampled-l2")]
    assert values == pytest.approx([1, (0.375 + 1) / 2, (0.0625 + 1) / 2])


def test_the_v_shaped_prior_takes_means_of_images_or_of_the_batch():
    alpha = torch.tensor([0.0, 0.2]).view(2, 1, 1, 1).expand(-1, 1, 4, 4)
    assert mask_prior(alpha, "v", 0.1, "image").item() == pytest.approx(0.2)
    assert mask_prior(alpha, "v", 0.1, "batch").item() == pytest.approx(0.1)


def test_the_total_is_the_weighted_sum():
    terms = {"a": torch.tensor(1.0), "b": torch.tensor(10.0)}
    assert Losses(terms, {"a": 3.0, "b": 0.5, "c": 9.0}, {}).total().item() == 8
