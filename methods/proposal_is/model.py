"""The model F (S2 Eq. 1) and its losses, with the gradient of each term going where it may.

p learns from L_bg alone, boxes and S from L_fg alone (S2 3.3.2): L_bg sees only detached images
and holes, L_fg only detached weights.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from selfbench.methods.proposal_is import geometry as g
from selfbench.methods.proposal_is.inpainting import hole_error
from selfbench.methods.proposal_is.networks import Detector, Inpainter, RandomFeatures, Synthesis
from selfbench.methods.proposal_is.sampling import draw, probabilities
from selfbench.methods.proposal_is.settings import ProposalParams


@dataclass(frozen=True)
class Losses:
    """The terms of S2 Eq. 7, unweighted, and what one wants to watch."""

    terms: dict[str, Tensor]
    watch: dict[str, float]

    def total(self, params: ProposalParams, progress: float) -> Tensor:
        """Return the weighted sum; `progress` is the share of training that has passed."""
        weights = {
            "background": params.background,
            "foreground": params.foreground,
            "perceptual": params.perceptual,
            "mask": params.mask_weight,
            "cell": params.cell_weight,
            "fit": params.fit_weight,
            "area": params.area_weight,
        }
        return torch.stack([weights[name] * term for name, term in self.terms.items()]).sum()


class Model(nn.Module):
    """Detector and synthesis network; the frozen inpainter is passed in."""

    live: Tensor
    bump: Tensor

    def __init__(self, params: ProposalParams) -> None:
        super().__init__()
        self.params = params
        self.detector = Detector()
        self.synthesis = Synthesis(params.crop, (16, 32, 64, 128), params.latent)
        self.register_buffer("live", g.live_cells(), persistent=False)
        bump = g.focus(params.crop, params.focus_power, params.focus_joint)
        self.register_buffer("bump", bump, persistent=False)

    def propose(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Return boxes (B, 64, 4) and logits (B, 64)."""
        p = self.params
        raw, logits = self.detector(image)
        return g.decode_boxes(raw, (p.size_min, p.size_max), p.offset), logits

    def segment(self, image: Tensor, box: Tensor) -> tuple[Tensor, Tensor]:
        """Return colour (N, 3, s, s) and mask (N, 1, s, s) in [0, 1], its maximum 1, of crops."""
        patch = g.crop(image, box, self.params.crop) * self.bump
        colour, logit = self.synthesis(patch)
        mask = logit.sigmoid() * self.bump
        return colour, mask / (mask.amax(dim=(2, 3), keepdim=True) + 1e-4)

    def losses(
        self,
        image: Tensor,
        background: Tensor | None,
        inpainter: Inpainter | None,
        features: RandomFeatures,
        generator: torch.Generator,
    ) -> Losses:
        """Return the losses on images (B, 3, H, W); `background` replaces the inpainter."""
        params = self.params
        size = (image.shape[2], image.shape[3])
        boxes, logits = self.propose(image)
        cells, weights = draw(logits, self.live, params, generator)  # (B, J)
        count = cells.shape[1]
        box = g.pick(boxes, cells)  # (B J, 4)
        images = image.repeat_interleave(count, dim=0)
        with torch.no_grad():
            hidden = g.hole(g.grown(box, params.grow * params.margin), size)
            if background is not None:
                filled = background.repeat_interleave(count, dim=0)
            else:
                assert inpainter is not None
                filled = inpainter(images, hidden)
            error = hole_error(images, filled, hidden)  # (B J,)
            behind = filled * hidden + images * (1 - hidden)
        gain = error
        if params.sampler == "reinforce-baseline":
            gain = error - error.mean()
        # S needs one sample per image; the further ones only sharpen the estimate for p.
        first = slice(None) if params.sampler == "exact" else slice(0, None, count)
        one, seen, back = box[first], images[first], behind[first]
        free = one
        if not params.free_size:
            free = torch.cat([one[:, :2], one[:, 2:].detach()], dim=1)
        around = g.grown(free, params.margin)
        trust = weights.detach().flatten()[first]
        colour, mask = self.segment(seen, around)
        alpha = g.paste(mask, around, size)
        remade = g.paste(colour * mask, around, size) + back * (1 - alpha)  # S2 Eq. 1
        maps, wanted = features(remade), features(seen)
        apart = [(a - b).square().mean(dim=(1, 2, 3)) for a, b in zip(maps, wanted, strict=True)]
        terms = {
            "background": -(weights.flatten() * gain).mean(),
            "foreground": (trust * (remade - seen).square().mean(dim=(1, 2, 3))).mean(),
            "perceptual": (trust * torch.stack(apart).mean(dim=0)).mean(),
            "mask": self._mask_prior(alpha),
            "cell": probabilities(logits, self.live).gather(1, cells).square().mean(),
            "fit": fit(one, mask, params.margin),
            "area": (one[:, 2] * one[:, 3]).mean(),
        }
        p = probabilities(logits.detach(), self.live)
        watch = {
            "entropy": float(torch.special.entr(p).sum(dim=1).mean()),
            "width": float(box[:, 2].detach().mean()),
            "height": float(box[:, 3].detach().mean()),
            "mean_mask": float(alpha.detach().mean()),
        }
        return Losses(terms, watch)

    def _mask_prior(self, alpha: Tensor) -> Tensor:
        mean, params = alpha.mean(), self.params
        if params.mask_prior == "v":  # S2 Eq. 6
            return (mean - params.mask_target).abs() + params.mask_target
        if params.mask_prior == "l1":
            return mean
        return alpha.square().mean() if params.mask_prior == "l2" else mean * 0


def fit(box: Tensor, mask: Tensor, margin: float) -> Tensor:
    """Return how far boxes (N, 4) are from the tight ones around their masks.

    The mask is only read: this pulls the box to the mask and never the mask to the box.
    """
    x0, x1 = extent(mask.detach().amax(dim=2).squeeze(1))
    y0, y1 = extent(mask.detach().amax(dim=3).squeeze(1))
    centre = torch.stack([x0 + x1, y0 + y1], dim=1) / 2  # (N, 2) in crop coordinates, [-1, 1]
    filled = torch.stack([x1 - x0, y1 - y0], dim=1) / 2
    size, where = box[:, 2:].detach(), box[:, :2].detach()
    wanted_size = size * (filled * margin).clamp(0.5, 1.5)
    wanted = where + centre * size * margin / 2
    apart = torch.cat([(box[:, :2] - wanted) / size, (box[:, 2:] / wanted_size).log()], dim=1)
    return apart.square().sum(dim=1).mean()


def extent(profile: Tensor) -> tuple[Tensor, Tensor]:
    """Return first and last place in [-1, 1] where profiles (N, s) exceed a half, softly."""
    count = profile.shape[1]
    above = (profile * 4 - 1.5).clamp(0, 1)  # 0 under 3/8, 1 over 5/8
    first = (1 - above.cummax(dim=1).values).sum(dim=1)
    last = count - (1 - above.flip(1).cummax(dim=1).values).sum(dim=1)
    return first / count * 2 - 1, last / count * 2 - 1
