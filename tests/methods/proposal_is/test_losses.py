"""Terms of the loss against their equations, and their weights."""

import pytest
import torch

from selfbench.methods.proposal_is.losses import (
    Losses,
    background_loss,
    box_prior,
    leave_one_out_mean,
    mask_prior,
    ramp,
    share_below,
)
from selfbench.methods.proposal_is.settings import ProposalParams


def test_the_share_of_masks_below_the_target():
    """Katircioglu et al. 2022, Fig. 10."""
    means = torch.tensor([0.001, 0.004, 0.006, 0.5])
    assert share_below(means[:, None, None, None].expand(-1, 1, 4, 4), 0.005) == 0.5


def test_the_v_shaped_prior():
    """Katircioglu et al. 2022, Eq. 6: |mean - lambda| + lambda."""
    for mean, expected in ((0.02, 0.18), (0.1, 0.1), (0.3, 0.3)):
        alpha = torch.full((2, 1, 4, 4), mean)
        assert mask_prior(alpha, "v", 0.1).item() == pytest.approx(expected)


@pytest.mark.parametrize(("kind", "value"), [("l1", 0.25), ("l2", 0.125), ("none", 0.0)])
def test_the_other_mask_priors(kind, value):
    alpha = torch.tensor([0.5, 0.0]).view(2, 1, 1, 1).expand(-1, 1, 4, 4)
    assert mask_prior(alpha, kind, 0.1).item() == pytest.approx(value)


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


def test_the_box_prior_is_0_at_the_start_and_grows_both_ways():
    boxes = torch.tensor([[0.5, 0.5, 0.2, 0.4], [0.1, 0.1, 0.4, 0.4], [0.1, 0.1, 0.1, 0.4]])
    each = [box_prior(box[None], torch.ones(1, 1), (0.2, 0.4)).item() for box in boxes]
    assert each[0] == pytest.approx(0, abs=1e-6) and each[1] == pytest.approx(each[2])
    assert each[1] == pytest.approx(torch.tensor(2.0).log().item() ** 2)


def test_a_ramp_takes_a_tenth_of_the_training():
    assert [ramp(p, 0.5) for p in (0.0, 0.5, 0.55, 0.6, 1.0)] == pytest.approx([0, 0, 0.5, 1, 1])


def test_the_synthesis_network_does_not_learn_before_its_time():
    params = ProposalParams(mask_from=0.2, foreground=3.0, background=0.5)
    losses = Losses({"foreground": torch.tensor(1.0), "background": torch.tensor(1.0)}, {})
    assert losses.total(params, 0.1).item() == pytest.approx(0.5)
    assert losses.total(params, 0.2).item() == pytest.approx(3.5)


def test_the_pull_sets_in_after_a_share_of_the_training():
    params = ProposalParams(fit_from=0.5, fit_weight=2.0)
    losses = Losses({"fit": torch.tensor(1.0)}, {})
    shares = [losses.total(params, progress).item() for progress in (0.0, 0.5, 0.55, 0.6, 1.0)]
    assert shares == pytest.approx([0, 0, 1, 2, 2])


@pytest.mark.parametrize(("given", "expected"), [({}, 0.3), ({"flow_weight": 2.0}, 2.0)])
def test_the_flow_loss_weighs_as_much_as_that_on_images_unless_set(given, expected):
    params = ProposalParams(background=0.3, **given)
    total = Losses({"flow": torch.tensor(1.0)}, {}).total(params, 0)
    assert total.item() == pytest.approx(expected)
