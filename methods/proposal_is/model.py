"""The model F (Katircioglu et al. 2022, Eq. 1) and its losses, each gradient going where it may.

p learns from L_bg alone, boxes from L_fg alone, S from L_fg and the prior on masks (3.3.2): L_bg
gets detached images and boxes, L_fg detached weights, and the prior masks in detached boxes (what
S sees still depends on the box). With `gradients="joint"` nothing is detached (Fig. 11b).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from selfbench.methods.proposal_is import geometry as g
from selfbench.methods.proposal_is.backbones import make_detector, make_synthesis
from selfbench.methods.proposal_is.images import Batch
from selfbench.methods.proposal_is.inpainting import hole_error
from selfbench.methods.proposal_is.losses import (
    Losses,
    background_loss,
    box_prior,
    cell_prior,
    mask_prior,
    perceptual_error,
    share_below,
    squared_error,
)
from selfbench.methods.proposal_is.networks import Inpainter, Inpainters
from selfbench.methods.proposal_is.samples import Resynthesis, Samples
from selfbench.methods.proposal_is.sampling import DEAD_LOGIT, draw, probabilities
from selfbench.methods.proposal_is.settings import ProposalParams
from selfbench.methods.proposal_is.single_box import SingleBox


class Model(nn.Module):
    """Detector and synthesis network; the frozen inpainter is passed in.

    Methods that build on this one override what has no underscore.
    """

    live: Tensor
    bump: Tensor

    def __init__(self, params: ProposalParams) -> None:
        super().__init__()
        self.params = params
        self.detector = make_detector(params)
        self.synthesis = make_synthesis(params)
        self.regression = SingleBox() if params.proposal == "single" else None
        live = g.live_cells() if self.regression is None else torch.ones(1, dtype=torch.bool)
        self.register_buffer("live", live, persistent=False)
        self.register_buffer("bump", g.focus(params.crop), persistent=False)

    def propose(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Return boxes (B, C, 4) and logits (B, C) of images (B, 3, H, W).

        C is 64, or 1 for a single proposal.
        """
        p = self.params
        raw, logits = self.detector(image)
        offset, unit = p.offset, p.offset_unit
        if self.regression is not None:
            (raw, logits), offset, unit = self.regression(raw, logits), SingleBox.OFFSET, "cell"
        boxes = g.decode_boxes(raw, (p.size_min, p.size_max), offset, unit)
        if p.outside == "discard":
            return boxes, logits.masked_fill(~g.centred_inside(boxes), DEAD_LOGIT)
        return torch.cat([boxes[..., :2].clamp(0, 1), boxes[..., 2:]], dim=-1), logits

    def view(self, box: Tensor) -> Tensor:
        """Return the region (N, 4) that S is shown of boxes (N, 4): the boxes themselves."""
        return box

    def segment(self, image: Tensor, view: Tensor) -> tuple[Tensor, Tensor]:
        """Return colour (N, 3, s, s) and mask (N, 1, s, s) in [0, 1] of crops.

        Args:
            image: (N, 3, H, W).
            view: (N, 4), what is cropped.
        """
        colour, logit = self.synthesis(g.crop(image, view, self.params.crop) * self.bump)
        return colour, logit.sigmoid() * self.bump

    def finish(self, image: Tensor, box: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return boxes, the views in which masks lie, both (K, 4), and masks (K, 1, s, s).

        What is detected at test time of images (K, 3, H, W) with a proposed box (K, 4) each.
        """
        view = self.view(box)
        return box, view, self.segment(image, view)[1]

    def inpainting_error(
        self, image: Tensor, filled: Tensor, hidden: Tensor, box: Tensor
    ) -> Tensor:
        """Return L2(I_c, I) / area(b_c) (N,) of Katircioglu et al. 2022, Eq. 3.

        Args:
            image: (N, 3, H, W).
            filled: the same with the hidden region filled in.
            hidden: that region (N, 1, H, W) in [0, 1].
            box: (N, 4).
        """
        area = hidden.sum(dim=(1, 2, 3))
        if self.params.area == "box":
            area = box[:, 2:].prod(dim=1) * (image.shape[2] * image.shape[3])
        return hole_error(image, filled, hidden) / area

    def losses(
        self,
        batch: Batch,
        inpainters: Inpainters,
        features: nn.Module,
        generator: torch.Generator,
    ) -> Losses:
        """Return the losses on a batch.

        Args:
            batch: of B images.
            inpainters: I, and that of flow images where the batch has some.
            features: phi of the perceptual loss.
            generator: of all that is random.
        """
        samples = self._sample(batch.image, generator)
        error, filled = self._inpaint(batch.image, batch.background, samples, inpainters.of_image)
        synthesis = self._resynthesise(batch.image, filled, samples)
        terms = self.terms(batch, samples, synthesis, features)
        terms["background"] = background_loss(samples.weights, error, self.params.sampler)
        if batch.flow is not None:  # 3.5: the same boxes, hidden in the flow image
            error, _ = self._inpaint(batch.flow, None, samples, inpainters.of_flow)
            terms["flow"] = background_loss(samples.weights, error, self.params.sampler)
        box, alpha = samples.box.detach(), synthesis.alpha.detach()
        monitored = {
            "entropy": torch.special.entr(samples.p.detach()).sum(dim=1).mean(),
            "width": box[:, 2].mean(),
            "height": box[:, 3].mean(),
            "mean_mask": alpha.mean(),
            "masks_below": share_below(alpha, self.params.mask_target),
        }
        return Losses(terms, self.weights(), monitored)

    @property
    def joint(self) -> bool:
        """Whether every loss reaches everything."""
        return self.params.gradients == "joint"

    def _sample(self, image: Tensor, generator: torch.Generator) -> Samples:
        """Return sampled cells of images (B, 3, H, W)."""
        boxes, logits = self.propose(image)
        cells, weights = draw(logits, self.live, self.params, generator)  # (B, J) both
        count = cells.shape[1]  # J
        p = probabilities(logits, self.live)
        # S needs one sample per image; the further ones only sharpen the estimate for p.
        per_image = count if self.params.sampler == "exact" else 1
        shown = slice(0, None, count // per_image)
        weight = (weights if self.joint else weights.detach()).flatten()[shown]
        box = g.pick(boxes, cells)
        return Samples(box, weights, p, p.gather(1, cells), shown, weight, per_image)

    def _inpaint(
        self,
        image: Tensor,
        background: Tensor | None,
        samples: Samples,
        inpainter: Inpainter | None,
    ) -> tuple[Tensor, Tensor]:
        """Return the inpainting errors (B J,) of sampled boxes, and backgrounds (B J, 3, H, W).

        A known background is the whole background (Katircioglu et al. 2022, Alg. 1); an inpainter's
        is that in the grown box, and the image elsewhere. The error is that in the grown box.
        """
        count = samples.weights.shape[1]
        images = image.repeat_interleave(count, dim=0)
        with torch.set_grad_enabled(self.joint):
            hidden = g.hole(g.grown(samples.box, self.params.grow), g.size_of(image))
            if background is not None:
                filled = whole = background.repeat_interleave(count, dim=0)
            else:
                assert inpainter is not None
                filled = inpainter(images, hidden)
                whole = filled * hidden + images * (1 - hidden)
            return self.inpainting_error(images, filled, hidden, samples.box), whole

    def _resynthesise(
        self,
        image: Tensor,
        background: Tensor,
        samples: Samples,
    ) -> Resynthesis:
        """Return F of images (B, 3, H, W) on backgrounds (B J, 3, H, W)."""
        size = g.size_of(image)
        target = image.repeat_interleave(samples.per_image, dim=0)
        view = self.view(samples.box[samples.shown])
        colour, mask = self.segment(target, view)
        alpha = g.paste(mask, view, size)
        # Katircioglu et al. 2022, Eq. 1
        resynthesis = g.paste(colour * mask, view, size) + background[samples.shown] * (1 - alpha)
        return Resynthesis(view, mask, alpha, resynthesis, target)

    def terms(
        self, batch: Batch, samples: Samples, synthesis: Resynthesis, features: nn.Module
    ) -> dict[str, Tensor]:
        """Return the terms of the loss but L_bg, each a scalar."""
        p, height, width = self.params, *synthesis.target.shape[2:]
        feature_error = perceptual_error(features, synthesis.image, synthesis.target)
        alpha = synthesis.alpha
        if not self.joint:
            alpha = g.paste(synthesis.mask, synthesis.view.detach(), (height, width))
        return {
            # Eq. 12
            "foreground": (
                samples.weight * squared_error(synthesis.image, synthesis.target)
            ).mean(),
            "perceptual": (samples.weight * feature_error).mean(),  # Eq. 13
            "mask": mask_prior(alpha, p.mask_prior, p.mask_target, p.mask_mean),
            "cell": cell_prior(samples.p, samples.p_c, p.cell_prior),
            "box": box_prior(samples.box, width / height),
        }

    def weights(self) -> dict[str, float]:
        """Return the weight of each term."""
        p = self.params
        return {
            "background": p.background,  # alpha
            "flow": p.background,
            "foreground": p.foreground,  # beta
            "perceptual": p.perceptual,  # gamma
            "mask": p.mask_weight,  # eta
            "cell": p.cell_weight,  # zeta
            "box": p.box_weight,
        }
