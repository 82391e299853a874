"""The model F (Katircioglu et al. 2022, Eq. 1) and its losses, each gradient going where it may.

p learns from L_bg alone, boxes and S from L_fg alone (3.3.2): L_bg gets detached images and holes,
L_fg detached weights. With `gradients="joint"` nothing is detached (Fig. 11b).
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
    mask_prior,
    ramp,
    share_below,
)
from selfbench.methods.proposal_is.networks import Inpainter, Inpainters
from selfbench.methods.proposal_is.sampling import draw, probabilities
from selfbench.methods.proposal_is.settings import ProposalParams
from selfbench.methods.proposal_is.silhouette import fit
from selfbench.methods.proposal_is.single_box import SingleBox


class Model(nn.Module):
    """Detector and synthesis network; the frozen inpainter is passed in."""

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
        bump = g.focus(params.crop, params.focus_power, params.focus_joint)
        self.register_buffer("bump", bump, persistent=False)
        self.start_area = params.width_start * params.height_start

    def propose(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Return boxes (B, C, 4) and logits (B, C) of images (B, 3, H, W).

        C is 64, or 1 for a single proposal.
        """
        p = self.params
        raw, logits = self.detector(image)
        start, offset = (p.width_start, p.height_start), p.offset
        if self.regression is not None:
            (raw, logits), offset = self.regression(raw, logits), SingleBox.OFFSET
        return g.decode_boxes(raw, (p.size_min, p.size_max), offset, start), logits

    def view(self, box: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Return the region (N, 4) that S is shown of boxes (N, 4): `window` times their sides.

        In the paper it is the box itself; beyond it S gets evidence that the box is too small. In
        training, where there is a `generator`, views are shifted a little.
        """
        params = self.params
        centre, side = box[:, :2], box[:, 2:] * params.window
        if not params.free_size:
            side = side.detach()
        if generator is not None and params.jitter:
            shift = torch.rand(len(box), 2, generator=generator).to(box.device) * 2 - 1
            centre = centre + params.jitter * side.detach() * shift
        return torch.cat([centre, side], dim=1)

    def _inpaint(
        self,
        image: Tensor,
        box: Tensor,
        count: int,
        background: Tensor | None,
        inpainter: Inpainter | None,
    ) -> tuple[Tensor, Tensor]:
        """Return the inpainting error (N,) of boxes and the images (N, 3, H, W) with them filled.

        Pixels outside the grown box are the true ones; `background` has one image for `count`.
        """
        hidden = g.hole(g.grown(box, self.params.grow), (image.shape[2], image.shape[3]))
        if background is not None:
            filled = background.repeat_interleave(count, dim=0)
        else:
            assert inpainter is not None
            filled = inpainter(image, hidden)
        # Per area, a box that leaves out the paler half of the object would look better.
        area = (box[:, 2:].detach().prod(dim=1) / self.start_area) ** (1 - self.params.area_power)
        return hole_error(image, filled, hidden) * area, filled * hidden + image * (1 - hidden)

    def segment(
        self, image: Tensor, box: Tensor, skip_weight: float = 1.0
    ) -> tuple[Tensor, Tensor]:
        """Return colour (N, 3, s, s) and mask (N, 1, s, s) in [0, 1] of crops.

        Args:
            image: (N, 3, H, W).
            box: (N, 4), what is cropped.
            skip_weight: of the mask's skips, in [0, 1].
        """
        patch = g.crop(image, box, self.params.crop) * self.bump
        colour, logit = self.synthesis(patch, skip_weight)
        mask = logit.sigmoid() * self.bump
        if self.params.mask_scale == "max":
            mask = mask / (mask.amax(dim=(2, 3), keepdim=True) + 1e-4)
        return colour, mask

    def losses(
        self,
        batch: Batch,
        inpainters: Inpainters,
        features: nn.Module,
        generator: torch.Generator,
        progress: float = 1.0,
    ) -> Losses:
        """Return the losses on a batch.

        Args:
            batch: of B images.
            inpainters: I, and that of flow images where the batch has some.
            features: phi of the perceptual loss.
            generator: of all that is random.
            progress: share of the training that has passed, in [0, 1].
        """
        params, image, known = self.params, batch.image, batch.known
        size = (image.shape[2], image.shape[3])
        boxes, logits = self.propose(image)
        cells, weights = draw(logits, self.live, params, generator)  # (B, J) both; p_c / q_c
        count = cells.shape[1]  # J
        box = g.pick(boxes, cells)  # (B J, 4)
        images = image.repeat_interleave(count, dim=0)  # (B J, 3, H, W)
        joint = params.gradients == "joint"
        with torch.set_grad_enabled(joint):
            error, filled = self._inpaint(images, box, count, batch.background, inpainters.of_image)
        # S needs one sample per image; the further ones only sharpen the estimate for p.
        per_image = count if params.sampler == "exact" else 1
        shown = slice(0, None, count // per_image)  # N = B per_image of the B J samples
        shown_box, target, background = box[shown], images[shown], filled[shown]
        view = self.view(shown_box, generator)
        weight = (weights if joint else weights.detach()).flatten()[shown]  # (N,)
        p = probabilities(logits, self.live)  # (B, 64)
        p_c = p.gather(1, cells)  # (B, J)
        shown_p = p_c.detach().flatten()[shown]  # (N,)
        colour, mask = self.segment(target, view, ramp(progress, params.fine_from))
        alpha = g.paste(mask, view, size)  # T^-1(S), (N, 1, H, W)
        # Katircioglu et al. 2022, Eq. 1
        reconstruction = g.paste(colour * mask, view, size) + background * (1 - alpha)
        if known is not None:  # elsewhere S has nothing to explain
            known = known.repeat_interleave(per_image, dim=0)
            reconstruction = torch.where(known, reconstruction, target)
        pairs = zip(features(reconstruction), features(target), strict=True)
        feature_errors = [(a - b).square().mean(dim=(1, 2, 3)) for a, b in pairs]
        limits = (params.size_min, params.size_max)
        terms = {
            "background": background_loss(weights, error, params.sampler),
            # Eq. 12
            "foreground": (weight * (reconstruction - target).square().mean(dim=(1, 2, 3))).mean(),
            # Eq. 13
            "perceptual": (weight * torch.stack(feature_errors).mean(dim=0)).mean(),
            "mask": mask_prior(alpha, params.mask_prior, params.mask_target),
            # Eq. 5 is 1 under a softmax; the square is in the code of Katircioglu et al. 2021.
            "cell": p_c.square().mean(),
            "box": box_prior(box, weights, (params.width_start, params.height_start)),
            "fit": fit(shown_box, mask, view, shown_p * weight.detach(), limits),
        }
        if batch.matte is not None:  # S's colours are wrong on clothes that were not in training
            matte_error = (alpha - batch.matte.repeat_interleave(per_image, dim=0)).square()
            matte_error = matte_error if known is None else matte_error * known
            terms["matte"] = (weight * matte_error.mean(dim=(1, 2, 3))).mean()
        if batch.flow is not None:  # 3.5: the same boxes, hidden in the flow image
            with torch.set_grad_enabled(joint):
                flows = batch.flow.repeat_interleave(count, dim=0)
                flow_error, _ = self._inpaint(flows, box, count, None, inpainters.of_flow)
            terms["flow"] = background_loss(weights, flow_error, params.sampler)
        monitored = {
            "entropy": torch.special.entr(p.detach()).sum(dim=1).mean(),
            "width": box[:, 2].detach().mean(),
            "height": box[:, 3].detach().mean(),
            "mean_mask": alpha.detach().mean(),
            "masks_below": share_below(alpha, params.mask_target),
        }
        return Losses(terms, monitored)
