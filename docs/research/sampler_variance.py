"""Variance of three gradient estimators: importance, uniform, Gumbel-softmax.

Katircioglu et al. 2020, A.6.

On frames of a twin, the losses are drawn many times with one cell per image, for p from uniform to
peaked, and their gradients compared with that of the sum over all cells:
`python docs/research/sampler_variance.py --output FOLDER` prints the table and draws the figure.
"""

from __future__ import annotations

import argparse
import datetime
import platform
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from common import markdown, run_script
from matplotlib.figure import Figure
from torch import Tensor

from selfbench import load_dataset
from selfbench.media.frames import resized
from selfbench.methods.proposal_is import geometry as g
from selfbench.methods.proposal_is.images import Batch, Normaliser
from selfbench.methods.proposal_is.inpainting import hole_error
from selfbench.methods.proposal_is.model import Model
from selfbench.methods.proposal_is.networks import Inpainters, RandomFeatures
from selfbench.methods.proposal_is.sampling import draw, probabilities
from selfbench.methods.proposal_is.settings import ProposalParams
from selfbench.training.devices import TorchDevices

SAMPLERS = ("importance", "uniform", "gumbel")
SHARPNESS = (0, 2, 4, 8, 16, 32, 128)  # p is the softmax of this times the cells' z-scored errors
TWIN = "h36m-sim"  # its empty scene is known: errors are those of a perfect inpainter


class Scene(NamedTuple):
    """Images and empty scenes (B, 3, H, W), and the error behind each cell's box."""

    image: Tensor
    background: Tensor
    error: Tensor  # (B, 64), 0 in dead cells
    score: Tensor  # (B, 64), z-scored logarithm of it


class Estimate(NamedTuple):
    """One sampler at one p; gradients relative to the exact one, for p (L_bg) and S (L_fg)."""

    entropy: float
    sampler: str
    variance_p: float  # E |g - E g|^2 / |exact|^2
    bias_p: str  # |E g - exact| / |exact|, or below what it lies where it is within the noise
    variance_s: float
    bias_s: str


def make_scene(images: int) -> Scene:
    """Take frames of training clips, and put every live cell's error beside them."""
    params = ProposalParams()
    (width, height), clips = params.size, load_dataset(TWIN).clips("train")
    chosen = [(7 * i, clips[i % len(clips)]) for i in range(images)]
    frames = np.stack([resized(c.frames[t % len(c.frames)], width, height) for t, c in chosen])
    empty = np.stack([resized(c.background, width, height) for _, c in chosen])
    normalise, devices = Normaliser.of(frames), TorchDevices("cpu")
    image, background = normalise(frames, devices), normalise(empty, devices)
    boxes = make_model(params).propose(image)[0].detach()
    live = g.live_cells()
    error = torch.zeros(images, len(live))
    for cell in live.nonzero().flatten():
        hidden = g.hole(g.grown(boxes[:, cell], params.grow), (height, width))
        error[:, cell] = hole_error(image, background, hidden)
    score = torch.zeros_like(error)
    logs = error[:, live].log()
    score[:, live] = (logs - logs.mean(dim=1, keepdim=True)) / logs.std(dim=1, keepdim=True)
    return Scene(image, background, error, score)


def make_model(params: ProposalParams) -> Model:
    """Untrained, the same every time, and with fixed batch statistics: f depends on c alone."""
    torch.manual_seed(0)
    return Model(params).eval()


def gradient_of_s(params: ProposalParams, logits: Tensor, scene: Scene, seed: int) -> Tensor:
    """Return the gradient of L_fg that reaches S in one step on all images, flattened."""
    network = make_model(params)
    boxes = network.propose(scene.image)[0].detach()
    network.propose = lambda image: (boxes, logits)  # type: ignore[method-assign]
    features = RandomFeatures(torch.Generator().manual_seed(0))
    generator = torch.Generator().manual_seed(seed)
    batch = Batch(scene.image, scene.background)
    losses = network.losses(batch, Inpainters(), features, generator)
    parts = torch.autograd.grad(losses.terms["foreground"], list(network.synthesis.parameters()))
    return torch.cat([part.flatten() for part in parts])


def gradients_of_p(params: ProposalParams, logits: Tensor, scene: Scene, draws: int) -> Tensor:
    """Return the gradients (draws, B 64) of L_bg that reach the logits (B, 64)."""
    gradients = []
    generator = torch.Generator().manual_seed(0)
    for own, error in zip(logits, scene.error, strict=True):
        batch = own.expand(draws, -1).clone().requires_grad_()
        cells, weights = draw(batch, g.live_cells(), params, generator)
        loss = -(weights * error[cells]).mean(dim=1)  # as in `Model.losses`
        gradients.append(torch.autograd.grad(loss.sum(), batch)[0])
    return torch.cat(gradients, dim=1)


def relative(gradients: Tensor, exact: Tensor) -> tuple[float, str]:
    """Return (variance, bias) of gradients (draws, n) relative to the exact one (n,)."""
    size = exact.square().sum()
    variance = gradients.var(dim=0).sum() / size
    bias = (gradients.mean(dim=0) - exact).square().sum() / size
    noise = 4 * variance / len(gradients)  # two standard errors of the mean
    text = (
        f"{float((bias - noise / 4).sqrt()):.2f}"
        if bias > noise
        else f"< {float(noise.sqrt()):.2f}"
    )
    return float(variance), text


def one_sample(sampler: str) -> ProposalParams:
    return ProposalParams.model_validate({"sampler": sampler})


def measure(draws_p: int, draws_s: int, images: int) -> list[Estimate]:
    scene, estimates = make_scene(images), []
    for sharpness in SHARPNESS:
        logits = sharpness * scene.score
        p = probabilities(logits, g.live_cells())
        entropy = float(torch.special.entr(p).sum(dim=1).mean())
        exact_p = gradients_of_p(one_sample("exact"), logits, scene, 1)[0]
        exact_s = gradient_of_s(one_sample("exact"), logits, scene, 0)
        for sampler in SAMPLERS:
            params = one_sample(sampler)
            s = torch.stack([gradient_of_s(params, logits, scene, k) for k in range(draws_s)])
            of_p = relative(gradients_of_p(params, logits, scene, draws_p), exact_p)
            estimates.append(Estimate(entropy, sampler, *of_p, *relative(s, exact_s)))
    return estimates


def plot(estimates: list[Estimate], path: Path) -> None:
    figure = Figure((7, 3), layout="constrained")
    panels = figure.subplots(1, 2, sharex=True)
    for panel, field, title in zip(
        panels, ("variance_p", "variance_s"), ("L_bg into p", "L_fg into S"), strict=True
    ):
        for sampler in SAMPLERS:
            own = [e for e in estimates if e.sampler == sampler]
            values = [getattr(e, field) for e in own]
            panel.plot([e.entropy for e in own], values, "o-", label=sampler)
        panel.set(yscale="log", title=title, xlabel="entropy of p (nats)")
    panels[0].set_ylabel("variance / |exact gradient|²")
    panels[0].invert_xaxis()
    panels[0].legend(frameon=False, fontsize=8)
    figure.savefig(path, dpi=150)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws-p", type=int, default=200_000)
    parser.add_argument("--draws-s", type=int, default=100)
    parser.add_argument("--images", type=int, default=8)
    parser.add_argument("--output", type=Path, default=Path("results"))
    given = parser.parse_args()
    estimates = measure(given.draws_p, given.draws_s, given.images)
    given.output.mkdir(parents=True, exist_ok=True)
    plot(estimates, given.output / "sampler-variance.png")
    print(
        f"{given.images} images of {TWIN}, one cell each, {given.draws_p} draws for p (per "
        f"image), {given.draws_s} for S (over all images), "
        f"{platform.machine()}, {datetime.date.today()}\n"
    )
    rows = [
        [f"{e.entropy:.2f}", e.sampler, f"{e.variance_p:.3g}", e.bias_p,
         f"{e.variance_s:.3g}", e.bias_s]
        for e in estimates
    ]  # fmt: skip
    names = ["entropy of p", "sampler", "variance, p", "bias, p", "variance, S", "bias, S"]
    print(markdown(pd.DataFrame(rows, columns=names).set_index("entropy of p")))


if __name__ == "__main__":
    run_script(main)
