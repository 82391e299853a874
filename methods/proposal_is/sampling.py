"""Which cells answer in training, and with which weight (S2 3.4)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from selfbench.methods.proposal_is.settings import ProposalParams


def probabilities(logits: Tensor, live: Tensor) -> Tensor:
    """Return p (B, 64): the softmax over live cells, exactly 0 elsewhere."""
    return logits.masked_fill(~live, -torch.inf).softmax(dim=1)


def importance(p: Tensor, live: Tensor, epsilon: float) -> Tensor:
    """Return q = p (1 - C eps) + eps over the C live cells (S2 Eq. 11), 0 elsewhere.

    The dead ring gets no share of epsilon: with it 2.8 % of the samples would carry weight 0.
    """
    return (p * (1 - int(live.sum()) * epsilon) + epsilon) * live


def draw(
    logits: Tensor, live: Tensor, params: ProposalParams, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Return cells (B, J) and their weights (B, J), whose gradient reaches the logits alone.

    The mean over J of weight * f(cell) is an unbiased estimate of sum_c p_c f(c) for `importance`,
    `uniform` and `reinforce-baseline`, the sum itself for `exact`, biased for `gumbel`.
    """
    p = probabilities(logits, live)
    count = params.samples
    if params.sampler == "exact":
        cells = live.nonzero().flatten().expand(len(p), -1)  # (B, C)
        return cells, p.gather(1, cells) * cells.shape[1]
    if params.sampler == "gumbel":
        noise = -torch.empty(len(p), count, p.shape[1]).exponential_(generator=generator).log()
        scores = logits.masked_fill(~live, -1e3)[:, None] + noise.to(p.device)
        scores = scores / params.temperature
        soft = functional.softmax(scores, dim=2)  # (B, J, 64)
        cells = soft.argmax(dim=2)
        # Straight-through: one forward, the gradient of the soft choice backward.
        chosen = soft.gather(2, cells[..., None])[..., 0]
        return cells, chosen + (1 - chosen).detach()
    q = p.detach()
    if params.sampler == "uniform":
        q = live.float().expand_as(p) / live.sum()
    else:
        q = importance(q, live, params.epsilon)
    # Drawn on the CPU, where the generator is, so that a seed means the same on every device.
    drawn = torch.multinomial(q.cpu(), count, replacement=True, generator=generator)
    cells = drawn.to(p.device)
    return cells, p.gather(1, cells) / q.gather(1, cells)
