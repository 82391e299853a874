"""Which cells are sampled in training, and with which weight (Katircioglu et al. 2022, 3.4)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from selfbench.methods.proposal_is.settings import ProposalParams

DEAD_LOGIT = -1e3  # finite, so that the Gumbel-softmax has finite gradients


def probabilities(logits: Tensor, live: Tensor) -> Tensor:
    """Return p (B, C): the softmax of logits (B, C) over live cells (C,), 0 elsewhere."""
    return logits.masked_fill(~live, -torch.inf).softmax(dim=1)


def importance(p: Tensor, epsilon: float) -> Tensor:
    """Return the distribution q (B, C) that cells are drawn from.

    Cells that are never proposed have their epsilon too, as in the paper (6.4 % for 64 cells); such
    a sample has weight 0.
    """
    return p * (1 - p.shape[1] * epsilon) + epsilon  # Katircioglu et al. 2022, Eq. 10


def draw(
    logits: Tensor, live: Tensor, params: ProposalParams, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Return cells c (B, J) and weights p_c / q_c (B, J), whose gradient reaches the logits alone.

    The mean over J of weight * f(c) is an unbiased estimate of sum_c p_c f(c) for `importance`,
    `uniform` and `reinforce-baseline`, the sum itself for `exact`, biased for `gumbel`.

    Args:
        logits: (B, 64).
        live: (64,), the cells that may be drawn.
        params: sampler, number of samples, epsilon, temperature.
        generator: of all that is random, on the CPU.
    """
    p = probabilities(logits, live)
    count = params.samples  # J
    if params.sampler == "exact":  # Katircioglu et al. 2022, Eq. 2 and 3: the whole sum
        cells = live.nonzero().flatten().expand(len(p), -1)  # (B, C)
        return cells, p.gather(1, cells) * cells.shape[1]
    if params.sampler == "gumbel":
        noise = -torch.empty(len(p), count, p.shape[1]).exponential_(generator=generator).log()
        scores = logits.masked_fill(~live, DEAD_LOGIT)[:, None] + noise.to(p.device)  # (B, J, 64)
        soft = functional.softmax(scores / params.temperature, dim=2)  # (B, J, 64)
        cells = soft.argmax(dim=2)
        # Straight-through: weight 1 forward, the gradient of the soft choice backward.
        soft_choice = soft.gather(2, cells[..., None])[..., 0]  # (B, J)
        return cells, soft_choice + (1 - soft_choice).detach()
    if params.sampler == "uniform":
        q = live.float().expand_as(p) / live.sum()
    else:
        q = importance(p.detach(), params.epsilon)
    # Drawn on the CPU, where the generator is, so that a seed means the same on every device.
    cells = torch.multinomial(q.cpu(), count, replacement=True, generator=generator).to(p.device)
    return cells, p.gather(1, cells) / q.gather(1, cells)  # Katircioglu et al. 2022, Eq. 9
