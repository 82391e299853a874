"""The terms of the loss that need no network, and their weighted sum."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from selfbench.methods.proposal_is.settings import ProposalParams

RAMP = 0.1  # share of the training over which a term comes in (ours)


@dataclass(frozen=True)
class Losses:
    """The terms of Katircioglu et al. 2022, Eq. 7 and ours, unweighted, and what is monitored."""

    terms: dict[str, Tensor]
    monitored: dict[str, Tensor]

    def total(self, params: ProposalParams, progress: float) -> Tensor:
        """Return the weighted sum.

        Args:
            params: the weights, and from when terms count.
            progress: share of the training that has passed, in [0, 1].
        """
        synthesis = float(progress >= params.mask_from)  # whether S learns yet
        weights = {
            "background": params.background,  # alpha
            "flow": params.background if params.flow_weight is None else params.flow_weight,
            "foreground": params.foreground * synthesis,  # beta
            "perceptual": params.perceptual * synthesis,  # gamma
            "mask": params.mask_weight * synthesis,  # eta
            "matte": params.matte_weight * synthesis,
            "cell": params.cell_weight,  # zeta
            "box": params.box_weight,
            "fit": params.fit_weight * ramp(progress, params.fit_from),
        }
        # Katircioglu et al. 2022, Eq. 7
        return torch.stack([weights[name] * term for name, term in self.terms.items()]).sum()


def ramp(progress: float, start: float) -> float:
    """Return the weight in [0, 1] of what comes in over a tenth of the training from `start` on."""
    return min(1.0, max(0.0, (progress - start) / RAMP))


def background_loss(weights: Tensor, error: Tensor, sampler: str) -> Tensor:
    """Return L_bg, a scalar.

    Args:
        weights: p_c / q_c, (B, J), which lead to p.
        error: inpainting errors (B J,).
        sampler: `reinforce-baseline` subtracts a baseline.
    """
    if sampler == "reinforce-baseline":
        error = error - leave_one_out_mean(error.view_as(weights)).flatten()
    return -(weights.flatten() * error).mean()  # Katircioglu et al. 2022, Eq. 11


def leave_one_out_mean(error: Tensor) -> Tensor:
    """Return for each error (B, J) the mean of the image's other samples: an unbiased baseline."""
    count = error.shape[1]
    if count == 1:
        return error.mean().expand_as(error)  # of the batch; biased by 1 / B
    return (error.sum(dim=1, keepdim=True) - error) / (count - 1)


def box_prior(box: Tensor, weights: Tensor, start: tuple[float, float]) -> Tensor:
    """Return how far boxes are from the size they start with, a scalar.

    The logarithms of the sides count, each by its cell's weight; Katircioglu et al. 2019 and 2020
    have an L2 prior on the mean box.

    Args:
        box: (B J, 4).
        weights: p_c / q_c, (B, J).
        start: width and height that boxes start with.
    """
    distance = (box[:, 2:] / box.new_tensor(start)).log().square().sum(dim=1)  # (B J,)
    return (weights.detach().flatten() * distance).mean()


def mask_prior(alpha: Tensor, kind: str, target: float) -> Tensor:
    """Return the prior on masks (N, 1, H, W), a scalar.

    Args:
        alpha: masks in the image.
        kind: `v`, `l1`, `l2` or `none` (Katircioglu et al. 2022, Table 3).
        target: lambda of the v-shaped prior.
    """
    mean = alpha.mean()
    if kind == "v":
        return (mean - target).abs() + target  # Katircioglu et al. 2022, Eq. 6
    if kind == "l1":
        return mean
    return alpha.square().mean() if kind == "l2" else mean * 0


def share_below(alpha: Tensor, target: float) -> Tensor:
    """Return the share of masks (N, 1, H, W) whose mean is below `target`.

    Katircioglu et al. 2022, Fig. 10.
    """
    return (alpha.detach().mean(dim=(1, 2, 3)) < target).float().mean()
