"""Training the inpainter on randomly erased boxes; afterwards it is frozen.

Katircioglu et al. 2022, 3.3 and 3.6.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import LRScheduler, OneCycleLR

from selfbench.contracts import Run
from selfbench.methods.proposal_is.geometry import hole
from selfbench.methods.proposal_is.images import TrainingImages
from selfbench.methods.proposal_is.losses import perceptual_error
from selfbench.methods.proposal_is.networks import Inpainter
from selfbench.methods.proposal_is.settings import ProposalParams
from selfbench.training.loop import Loop, Stateful
from selfbench.training.schedules import constant

# Sides of the erased boxes, shares of the image (ours; code of Katircioglu et al. 2021: 0.3, 0.5).
HOLE_SIDES = (0.15, 0.6)
STAGES = {"image": "inpainter", "flow": "inpainter-flow"}  # names of trainings, by what of


def random_holes(
    count: int,
    size: tuple[int, int],
    generator: torch.Generator,
    device: torch.device | str = "cpu",
) -> Tensor:
    """Return hidden regions (count, 1, H, W) of random boxes that may hang over the edge.

    Args:
        count: of regions, each with one box.
        size: height and width in pixels.
        generator: of all that is random, on the CPU.
        device: where the result is.
    """
    smallest, largest = HOLE_SIDES
    sides = smallest + (largest - smallest) * torch.rand(count, 2, generator=generator)
    centres = torch.rand(count, 2, generator=generator)
    return hole(torch.cat([centres, sides], dim=1).to(device), size)


def hole_error(image: Tensor, filled: Tensor, hidden: Tensor) -> Tensor:
    """Return the squared error (N,) of filled images in their hidden region, summed over pixels.

    Args:
        image: (N, 3, H, W).
        filled: the same with the hidden region filled in.
        hidden: (N, 1, H, W) in [0, 1].
    """
    return ((image - filled) * hidden).square().mean(dim=1).sum(dim=(1, 2))


def inpainting_loss(
    image: Tensor, filled: Tensor, hidden: Tensor, features: nn.Module, perceptual: float
) -> Tensor:
    """Return L2 and `perceptual` times the perceptual loss, per hidden pixel, a scalar.

    Args:
        image: (N, 3, H, W).
        filled: the same with the hidden region filled in.
        hidden: (N, 1, H, W) in [0, 1].
        features: phi.
        perceptual: weight of the second.
    """
    share = hidden.mean(dim=(1, 2, 3))  # (N,)
    error = hole_error(image, filled, hidden) / hidden[0].numel()
    if perceptual:
        whole = filled * hidden + image * (1 - hidden)
        error = error + perceptual * perceptual_error(features, whole, image)
    return (error / share).mean()


def train_inpainter(
    images: TrainingImages,
    params: ProposalParams,
    features: nn.Module,
    run: Run,
    of: str,
) -> Inpainter:
    """Return an inpainter, frozen in eval mode.

    Args:
        images: what it is trained on.
        params: of the method.
        features: phi.
        run: of which the training is part.
        of: `image`, or `flow` for the flow of the images.
    """
    stage = STAGES[of]
    torch.manual_seed(int(run.rng(stage).integers(2**63)))
    devices = run.devices
    network = Inpainter(params.hole_channel)
    devices.place(network)
    optimiser = torch.optim.Adam(network.parameters(), params.inpaint_rate)
    schedule: LRScheduler = constant(optimiser)
    if params.schedule == "cosine":
        schedule = OneCycleLR(optimiser, params.inpaint_rate, total_steps=params.inpaint_steps)
    parts: dict[str, Stateful] = {"network": network, "optimiser": optimiser}
    loop = Loop(run, stage, params.inpaint_steps, parts, [schedule])
    network.train()
    for step in loop:
        generator = loop.generator(step)
        batch = images.batch(params.batch, generator, devices)
        image = batch.image if of == "image" else batch.flow
        assert image is not None, "flow images were asked for"
        hidden = random_holes(len(image), (image.shape[2], image.shape[3]), generator, image.device)
        with devices.autocast():
            filled = network(image, hidden)
            loss = inpainting_loss(image, filled, hidden, features, params.inpaint_perceptual)
        loop.update(loss, network, optimiser)
        loop.record(step, {"inpainting": loss.item()})
    return network.eval().requires_grad_(False)
