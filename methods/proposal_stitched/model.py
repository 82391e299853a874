"""The model of proposal-stitched: that of proposal-is, with terms and views of its own."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from selfbench.methods.proposal_is import geometry as g
from selfbench.methods.proposal_is.backbones import SMALL_WIDTHS
from selfbench.methods.proposal_is.images import Batch
from selfbench.methods.proposal_is.model import Model
from selfbench.methods.proposal_is.samples import Resynthesis, Samples
from selfbench.methods.proposal_stitched.images import StitchedBatch
from selfbench.methods.proposal_stitched.networks import SkipSynthesis
from selfbench.methods.proposal_stitched.settings import StitchedParams
from selfbench.methods.proposal_stitched.silhouette import (
    FAINT,
    levelled,
    silhouette,
    tight,
)
from selfbench.methods.proposal_stitched.views import averaged

# The box that the prior pulls the mean box to, wherever it lies: an upright person's.
WIDTH, HEIGHT = 0.2, 0.4
WINDOW = 1.5  # side of what S is shown, in sides of the box: evidence that the box is too small


class StitchedModel(Model):
    """S sees more than the box, and its mask learns what differs from the background."""

    params: StitchedParams

    def __init__(self, params: StitchedParams) -> None:
        super().__init__(params)
        if params.encoder == "small":
            self.synthesis = SkipSynthesis(params.crop, SMALL_WIDTHS, params.latent)
        self.register_buffer("bump", flat_focus(params.crop), persistent=False)

    def view(self, box: Tensor) -> Tensor:
        """Return boxes (N, 4) of `WINDOW` times the sides, which S does not change."""
        return torch.cat([box[:, :2], box[:, 2:].detach() * WINDOW], dim=1)

    def terms(
        self, batch: Batch, samples: Samples, synthesis: Resynthesis, features: nn.Module
    ) -> dict[str, Tensor]:
        """Return the terms of proposal-is, its prior on boxes replaced, and how masks differ."""
        terms = super().terms(batch, samples, synthesis, features)
        mean = samples.box[:, 2:].mean(dim=0)
        terms["box"] = (mean - mean.new_tensor([WIDTH, HEIGHT])).square().sum()
        if isinstance(batch, StitchedBatch):
            matte, known = (
                part.repeat_interleave(samples.per_image, dim=0)
                for part in (batch.matte, batch.known)
            )
            error = (synthesis.alpha - matte).square() * known
            terms["matte"] = (samples.weight * error.mean(dim=(1, 2, 3))).mean()
        return terms

    def weights(self) -> dict[str, float]:
        """Return the weight of each term."""
        return super().weights() | {"matte": self.params.matte_weight}

    def finish(self, image: Tensor, box: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return boxes, views and masks, by `refine` segmented again in the box of the mask."""
        refine, view = self.params.refine, self.view(box)
        if refine:
            _, mask = self.segment(image, view)
            centre, sides, peak = silhouette(mask, view)
            sides = sides.clamp(min=self.params.size_min)
            mask_box = torch.cat([centre, sides], dim=1)
            box = torch.where((peak > FAINT)[:, None], mask_box, box)
            view = self.view(box)
        view, mask = averaged(self, image, view, self.params.views)
        if refine:
            tight_box, peak = tight(mask, view)
            box = torch.where((peak > FAINT)[:, None], tight_box, box)
            mask = levelled(mask)
        return box, view, mask


def flat_focus(size: int) -> Tensor:
    """Return a bump (1, 1, size, size) that is flatter inside: limbs near the edge count too."""
    axis = ((torch.arange(size) + 0.5) / size * 2 - 1).abs()
    line = g.bump(axis**8)
    return (line[None] * line[:, None])[None, None]
