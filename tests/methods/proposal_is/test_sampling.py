"""Samplers: what they draw, and estimates that are unbiased."""

import pytest
import torch

from selfbench.methods.proposal_is.geometry import live_cells
from selfbench.methods.proposal_is.sampling import draw, importance, probabilities
from selfbench.methods.proposal_is.settings import ProposalParams

LIVE = live_cells()


def gen(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_q_is_a_distribution_over_all_64_cells():
    """Katircioglu et al. 2022, 3.6: 6.4 % of the draws are random, in dead cells too."""
    p = probabilities(torch.randn(5, 64, generator=gen()), LIVE)
    q = importance(p, 0.001)
    assert torch.allclose(q.sum(1), torch.ones(5))
    assert torch.allclose(q, p * (1 - 0.064) + 0.001)
    assert (p[:, ~LIVE] == 0).all()


@pytest.mark.parametrize("sampler", ["importance", "uniform", "reinforce-baseline", "exact"])
@pytest.mark.parametrize("samples", [1, 3])
def test_the_estimate_and_its_gradient_are_unbiased(sampler, samples):
    """Against the sum of Katircioglu et al. 2022, Eq. 2, within five standard errors."""
    torch.manual_seed(0)
    params = ProposalParams(sampler=sampler, samples=samples)
    logits = torch.randn(1, 64, requires_grad=True)
    values = torch.rand(64)
    exact = (probabilities(logits, LIVE) * values).sum()
    (expected,) = torch.autograd.grad(exact, logits)
    many = 1 if sampler == "exact" else 40_000
    batch = logits.expand(many, -1)
    batch.retain_grad()
    cells, weights = draw(batch, LIVE, params, gen(1))
    each = (weights * values[cells]).mean(dim=1)
    (gradients,) = torch.autograd.grad(each.sum(), batch)
    error = each.std() / many**0.5 if many > 1 else torch.tensor(1e-6)
    assert (each.mean() - exact).abs() <= 5 * error + 1e-6
    spread = gradients.std(dim=0) / many**0.5 if many > 1 else torch.full((64,), 1e-6)
    assert ((gradients.mean(0) - expected[0]).abs() <= 5 * spread + 1e-6).all()


def test_importance_sampling_varies_least():
    """Katircioglu et al. 2020, A.6: uniform sampling varies many times more."""
    logits = torch.zeros(20_000, 64)
    logits[:, 27] = 5.0
    variance = {}
    for sampler in ("importance", "uniform"):
        cells, weights = draw(logits, LIVE, ProposalParams(sampler=sampler, samples=1), gen())
        variance[sampler] = (weights * (1 + cells / 64)).var().item()
    assert variance["uniform"] > 20 * variance["importance"]


def test_gumbel_is_straight_through():
    logits = torch.randn(6, 64, requires_grad=True)
    cells, weights = draw(logits, LIVE, ProposalParams(sampler="gumbel", samples=2), gen())
    assert (weights == 1).all() and LIVE[cells].all()
    weights.sum().backward()
    assert logits.grad.abs().sum() > 0 and (logits.grad[:, ~LIVE] == 0).all()
