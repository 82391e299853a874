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
    box_prior,
    fit,
    levelled,
    silhouette,
    tight,
)
from selfbench.methods.proposal_stitched.views import averaged

# Chosen on validation clips of the procedural twins and on left-out training clips
# (docs/research/proposal-stitched.md).
WINDOW = 1.5  # side of what S is shown, in sides of the box: evidence that the box is too small
JITTER = 0.05  # largest shift of that in training, in sides of it
# Shares of the training after which S starts to learn, when p has settled, after which the skips
# set in, and after which boxes are drawn to their masks; and that over which a term comes in.
SETTLED, FINE, FITTING, RAMP = 0.12, 0.4, 0.5, 0.1


class StitchedModel(Model):
    """S sees more than the box, its mask learns what differs, and the box follows the mask."""

    start = (0.2, 0.4)  # an upright person
    params: StitchedParams

    def __init__(self, params: StitchedParams) -> None:
        super().__init__(params)
        if params.encoder == "small":
            self.synthesis = SkipSynthesis(params.crop, SMALL_WIDTHS, params.latent)
        self.register_buffer("bump", flat_focus(params.crop), persistent=False)

    def view(self, box: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Return `WINDOW` times the boxes (N, 4), a little shifted in training.

        Losses move its centre alone: sizes are learnt from masks.
        """
        centre, side = box[:, :2], box[:, 2:].detach() * WINDOW
        if generator is not None:
            shift = torch.rand(len(box), 2, generator=generator).to(box.device) * 2 - 1
            centre = centre + JITTER * side * shift
        return torch.cat([centre, side], dim=1)

    def segment(self, image: Tensor, view: Tensor, progress: float = 1.0) -> tuple[Tensor, Tensor]:
        """Return colour and mask of crops, whose skips come in when `progress` is `FINE`."""
        if not isinstance(self.synthesis, SkipSynthesis):
            return super().segment(image, view, progress)
        crop = g.crop(image, view, self.params.crop) * self.bump
        colour, logit = self.synthesis(crop, ramp(progress, FINE))
        return colour, logit.sigmoid() * self.bump

    def inpainting_error(
        self, image: Tensor, filled: Tensor, hidden: Tensor, box: Tensor
    ) -> Tensor:
        """Return the error per square root of the area.

        Background errors are small here, and per area a box around the brightest part of the object
        would win.
        """
        error = super().inpainting_error(image, filled, hidden, box)
        return error * (box[:, 2:].detach().prod(dim=1) / (self.start[0] * self.start[1])).sqrt()

    def terms(
        self, batch: Batch, samples: Samples, synthesis: Resynthesis, features: nn.Module
    ) -> dict[str, Tensor]:
        """Return the terms of proposal-is, with its prior on boxes replaced, and two more."""
        terms = super().terms(batch, samples, synthesis, features)
        params, box = self.params, samples.box
        terms["box"] = box_prior(box, samples.weights, self.start)
        probable = samples.p_c.detach().flatten()[samples.shown] * samples.weight.detach()
        limits = (params.size_min, params.size_max)
        terms["fit"] = fit(box[samples.shown], synthesis.mask, synthesis.view, probable, limits)
        if isinstance(batch, StitchedBatch) and batch.matte is not None:
            assert batch.known is not None
            each = samples.per_image
            error = (synthesis.alpha - batch.matte.repeat_interleave(each, dim=0)).square()
            error = error * batch.known.repeat_interleave(each, dim=0)
            terms["matte"] = (samples.weight * error.mean(dim=(1, 2, 3))).mean()
        return terms

    def weights(self, progress: float) -> dict[str, float]:
        """Return the weight of each term: S learns once p has settled, then boxes follow masks."""
        p = self.params
        weights = super().weights(progress) | {
            "matte": p.matte_weight,
            "fit": p.fit_weight * ramp(progress, FITTING),
        }
        if progress < SETTLED:
            weights |= dict.fromkeys(("foreground", "perceptual", "mask", "matte"), 0.0)
        return weights

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


def ramp(progress: float, start: float) -> float:
    """Return the weight in [0, 1] of what comes in over `RAMP` of the training from `start` on."""
    return min(1.0, max(0.0, (progress - start) / RAMP))


def flat_focus(size: int) -> Tensor:
    """Return a bump (1, 1, size, size) flatter than the paper's: limbs near the edge count too."""
    axis = ((torch.arange(size) + 0.5) / size * 2 - 1).abs()
    line = g.bump(axis**8)
    return (line[None] * line[:, None])[None, None]
