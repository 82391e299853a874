"""One box for the whole image instead of one per cell (Katircioglu et al. 2022, Fig. 11d)."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from selfbench.methods.proposal_is.geometry import GRID


class SingleBox(nn.Module):
    """Regresses a single box from all outputs of the detector, as a grid of one cell.

    Its probability is 1 whatever is learnt, so there is nothing to sample.
    """

    OFFSET: ClassVar[float] = 0.5  # in cells; the only cell is the image, so boxes go everywhere

    def __init__(self) -> None:
        super().__init__()
        self.box = nn.Linear(5 * GRID * GRID, 4)
        nn.init.zeros_(self.box.bias)  # starts in the middle

    def forward(self, raw: Tensor, logits: Tensor) -> tuple[Tensor, Tensor]:
        """Return (B, 4, 1, 1) and (B, 1) for raw boxes (B, 4, 8, 8) and logits (B, 64)."""
        box = self.box(torch.cat([raw.flatten(1), logits], dim=1)).float()  # (B, 4)
        return box[:, :, None, None], logits.new_zeros(len(logits), 1)
