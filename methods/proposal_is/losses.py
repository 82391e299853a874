"""The terms of the loss that need no network."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

# The box that the prior of Katircioglu et al. 2019 and 2020 pulls the mean box to: its height as a
# share of the image's, and its height in sides of its width (code of Katircioglu et al. 2021).
HEIGHT, SLENDERNESS = 0.4, 1.5


@dataclass(frozen=True)
class Losses:
    """The terms of the loss, unweighted, the weight of each, and what is monitored."""

    terms: dict[str, Tensor]
    weights: dict[str, float]
    monitored: dict[str, Tensor]

    def total(self) -> Tensor:
        """Return the weighted sum (Katircioglu et al. 2022, Eq. 7)."""
        return torch.stack([self.weights[name] * term for name, term in self.terms.items()]).sum()


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


def squared_error(a: Tensor, b: Tensor) -> Tensor:
    """Return the mean square (N,) of the difference of images or maps (N, C, H, W): L_2."""
    return (a - b).square().mean(dim=(1, 2, 3))


def perceptual_error(features: nn.Module, a: Tensor, b: Tensor) -> Tensor:
    """Return L_2 (N,) of the features of images a and b (N, C, H, W), the mean over maps."""
    pairs = zip(features(a), features(b), strict=True)
    return torch.stack([squared_error(*maps) for maps in pairs]).mean(dim=0)


def cell_prior(p: Tensor, p_c: Tensor, kind: str) -> Tensor:
    """Return the prior on probabilities, a scalar.

    Args:
        p: (B, C).
        p_c: those of the sampled cells, (B, J).
        kind: `l1` (Katircioglu et al. 2022, Eq. 5: always 1), `l2` (2019 and 2020) or `sampled-l2`
            (code of 2021).
    """
    if kind == "sampled-l2":
        return p_c.square().mean()
    return (p if kind == "l1" else p.square()).sum(dim=1).mean()


def box_prior(box: Tensor, aspect: float) -> Tensor:
    """Return how far the mean of boxes (N, 4) is from an upright person in the middle, a scalar.

    Katircioglu et al. 2019 and 2020 name "L2 priors on the output of" the detector; the terms are
    those of the code of 2021. It is the mean box that counts, so each may lie where it likes.

    Args:
        box: centre and size as shares of the image.
        aspect: width of the image in its heights.
    """
    scale = box.new_tensor([SLENDERNESS * aspect, 1.0])
    mean = box.mean(dim=0)
    place = (2 * mean[:2] - 1) * scale
    size = mean[2:] * scale - HEIGHT
    return place.square().sum() + size.square().sum()


def mask_prior(alpha: Tensor, kind: str, target: float, over: str) -> Tensor:
    """Return the prior on masks (N, 1, H, W), a scalar.

    Args:
        alpha: masks in the image.
        kind: `v`, `l1`, `l2` or `none` (Katircioglu et al. 2022, Table 3).
        target: lambda of the v-shaped prior.
        over: `image` or `batch`, of which the v-shaped prior takes the mean.
    """
    if kind == "v":
        mean = alpha.mean(dim=(1, 2, 3)) if over == "image" else alpha.mean()
        return ((mean - target).abs() + target).mean()  # Katircioglu et al. 2022, Eq. 6
    if kind == "l1":
        return alpha.mean()
    return alpha.square().mean() if kind == "l2" else alpha.mean() * 0


def share_below(alpha: Tensor, target: float) -> Tensor:
    """Return the share of masks (N, 1, H, W) whose mean is below `target`.

    Katircioglu et al. 2022, Fig. 10.
    """
    return (alpha.detach().mean(dim=(1, 2, 3)) < target).float().mean()
