"""The model F (S2 Eq. 1) and its losses, with the gradient of each term going where it may.

p learns from L_bg alone, boxes and S from L_fg alone (S2 3.3.2): L_bg sees only detached images
and holes, L_fg only detached weights. With `gradients="joint"` nothing is detached (S2 Fig. 11b).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from selfbench.methods.proposal_is import geometry as g
from selfbench.methods.proposal_is.backbones import make_detector, make_synthesis
from selfbench.methods.proposal_is.direct import Regression
from selfbench.methods.proposal_is.images import Batch
from selfbench.methods.proposal_is.inpainting import hole_error
from selfbench.methods.proposal_is.networks import Inpainter, Inpainters
from selfbench.methods.proposal_is.sampling import draw, probabilities
from selfbench.methods.proposal_is.settings import ProposalParams
from selfbench.methods.proposal_is.silhouette import fit


@dataclass(frozen=True)
class Losses:
    """The terms of S2 Eq. 7, unweighted, and what one wants to watch."""

    terms: dict[str, Tensor]
    watch: dict[str, Tensor]

    def total(self, params: ProposalParams, progress: float) -> Tensor:
        """Return the weighted sum; `progress` is the share of training that has passed."""
        remake = float(progress >= params.mask_from)
        weights = {
            "background": params.background,
            "flow": params.background if params.flow_weight is None else params.flow_weight,
            "foreground": params.foreground * remake,
            "perceptual": params.perceptual * remake,
            "mask": params.mask_weight * remake,
            "matte": params.matte_weight * remake,
            "cell": params.cell_weight,
            "box": params.box_weight,
            "fit": params.fit_weight * opened(progress, params.fit_from),
        }
        return torch.stack([weights[name] * term for name, term in self.terms.items()]).sum()


def opened(progress: float, start: float) -> float:
    """Return the share in [0, 1] of what comes in over a tenth of the training from `start` on."""
    return min(1.0, max(0.0, (progress - start) / 0.1))


class Model(nn.Module):
    """Detector and synthesis network; the frozen inpainter is passed in."""

    live: Tensor
    bump: Tensor

    def __init__(self, params: ProposalParams) -> None:
        super().__init__()
        self.params = params
        self.detector = make_detector(params)
        self.synthesis = make_synthesis(params)
        self.regression = Regression() if params.proposal == "single" else None
        live = g.live_cells() if self.regression is None else torch.ones(1, dtype=torch.bool)
        self.register_buffer("live", live, persistent=False)
        bump = g.focus(params.crop, params.focus_power, params.focus_joint)
        self.register_buffer("bump", bump, persistent=False)
        self.start_area = params.width_start * params.height_start

    def propose(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Return boxes (B, C, 4) and logits (B, C); C is 64, or 1 for a single proposal."""
        p = self.params
        raw, logits = self.detector(image)
        start, offset = (p.width_start, p.height_start), p.offset
        if self.regression is not None:
            (raw, logits), offset = self.regression(raw, logits), Regression.OFFSET
        return g.decode_boxes(raw, (p.size_min, p.size_max), offset, start), logits

    def view(self, box: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Return what S sees of boxes (N, 4): the box (S2), or `window` times as much.

        Beyond the box S finds the evidence that it is too small. In training, where there is a
        `generator`, views are shifted a little.
        """
        params = self.params
        centre, side = box[:, :2], box[:, 2:] * params.window
        if not params.free_size:
            side = side.detach()
        if generator is not None and params.jitter:
            move = torch.rand(len(box), 2, generator=generator).to(box.device) * 2 - 1
            centre = centre + params.jitter * side.detach() * move
        return torch.cat([centre, side], dim=1)

    def _inpaint(
        self,
        image: Tensor,
        box: Tensor,
        count: int,
        background: Tensor | None,
        inpainter: Inpainter | None,
    ) -> tuple[Tensor, Tensor]:
        """Return the error (N,) behind boxes and the image (N, 3, H, W) with them filled.

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

    def segment(self, image: Tensor, box: Tensor, fine: float = 1.0) -> tuple[Tensor, Tensor]:
        """Return colour (N, 3, s, s) and mask (N, 1, s, s) in [0, 1] of crops."""
        patch = g.crop(image, box, self.params.crop) * self.bump
        colour, logit = self.synthesis(patch, fine)
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
        """Return the losses on a batch; `progress` is the share of training that has passed."""
        params, image, known = self.params, batch.image, batch.known
        size = (image.shape[2], image.shape[3])
        boxes, logits = self.propose(image)
        cells, weights = draw(logits, self.live, params, generator)  # (B, J)
        count = cells.shape[1]
        box = g.pick(boxes, cells)  # (B J, 4)
        images = image.repeat_interleave(count, dim=0)
        joint = params.gradients == "joint"
        with torch.set_grad_enabled(joint):
            error, filled = self._inpaint(images, box, count, batch.background, inpainters.of_image)
        # S needs one sample per image; the further ones only sharpen the estimate for p.
        of_each = count if params.sampler == "exact" else 1
        first = slice(0, None, count // of_each)
        one, seen, behind = box[first], images[first], filled[first]
        view = self.view(one, generator)
        trust = (weights if joint else weights.detach()).flatten()[first]
        p = probabilities(logits, self.live)  # (B, 64)
        sampled = p.gather(1, cells)  # (B, J)
        sure = sampled.detach().flatten()[first]
        colour, mask = self.segment(seen, view, opened(progress, params.fine_from))
        alpha = g.paste(mask, view, size)
        remade = g.paste(colour * mask, view, size) + behind * (1 - alpha)  # S2 Eq. 1
        told = None if known is None else known.repeat_interleave(of_each, dim=0)
        if told is not None:  # elsewhere nothing is asked of S
            remade = torch.where(told, remade, seen)
        maps, wanted = features(remade), features(seen)
        apart = [(a - b).square().mean(dim=(1, 2, 3)) for a, b in zip(maps, wanted, strict=True)]
        terms = {
            "background": self._background(weights, error),
            "foreground": (trust * (remade - seen).square().mean(dim=(1, 2, 3))).mean(),
            "perceptual": (trust * torch.stack(apart).mean(dim=0)).mean(),
            "mask": self._mask_prior(alpha),
            "cell": sampled.square().mean(),
            "box": self._box_prior(box, weights),
            "fit": fit(one, mask, view, sure * trust.detach(), (params.size_min, params.size_max)),
        }
        if batch.matte is not None:  # colours that S makes up are wrong on clothes it has not seen
            away = (alpha - batch.matte.repeat_interleave(of_each, dim=0)).square()
            away = away if told is None else away * told
            terms["matte"] = (trust * away.mean(dim=(1, 2, 3))).mean()
        if batch.flow is not None:  # S2 3.5: the same boxes, hidden in the flow image
            with torch.set_grad_enabled(joint):
                flows = batch.flow.repeat_interleave(count, dim=0)
                moved, _ = self._inpaint(flows, box, count, None, inpainters.of_flow)
            terms["flow"] = self._background(weights, moved)
        watch = {
            "entropy": torch.special.entr(p.detach()).sum(dim=1).mean(),
            "width": box[:, 2].detach().mean(),
            "height": box[:, 3].detach().mean(),
            "mean_mask": alpha.detach().mean(),
            "masks_below": below(alpha, params.mask_target),
        }
        return Losses(terms, watch)

    def _background(self, weights: Tensor, error: Tensor) -> Tensor:
        """Return L_bg of weights (B, J), which lead to p, and of errors (B J,)."""
        if self.params.sampler == "reinforce-baseline":
            error = error - others(error.view_as(weights)).flatten()
        return -(weights.flatten() * error).mean()

    def _box_prior(self, box: Tensor, weights: Tensor) -> Tensor:
        """Return how far boxes (B J, 4) are from the size they start with (S0, S1: l2 of the mean).

        The logarithms of the sides count, each by its cell's weight (B, J).
        """
        start = box.new_tensor([self.params.width_start, self.params.height_start])
        away = (box[:, 2:] / start).log().square().sum(dim=1)
        return (weights.detach().flatten() * away).mean()

    def _mask_prior(self, alpha: Tensor) -> Tensor:
        mean, params = alpha.mean(), self.params
        if params.mask_prior == "v":  # S2 Eq. 6
            return (mean - params.mask_target).abs() + params.mask_target
        if params.mask_prior == "l1":
            return mean
        return alpha.square().mean() if params.mask_prior == "l2" else mean * 0


def others(error: Tensor) -> Tensor:
    """Return for each error (B, J) the mean of the image's other samples: an unbiased baseline."""
    count = error.shape[1]
    if count == 1:
        return error.mean().expand_as(error)  # of the batch; biased by 1 / B
    return (error.sum(dim=1, keepdim=True) - error) / (count - 1)


def below(alpha: Tensor, target: float) -> Tensor:
    """Return the share of masks (N, 1, H, W) whose mean lies below `target` (S2 Fig. 10)."""
    return (alpha.detach().mean(dim=(1, 2, 3)) < target).float().mean()
