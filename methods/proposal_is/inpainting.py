"""Training the inpainter on randomly erased boxes; afterwards it is frozen (S2 3.3)."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor
from torch.optim.lr_scheduler import LRScheduler, OneCycleLR

from selfbench.contracts import Run
from selfbench.methods.proposal_is.geometry import hole
from selfbench.methods.proposal_is.images import TrainingImages
from selfbench.methods.proposal_is.networks import Inpainter
from selfbench.methods.proposal_is.settings import ProposalParams
from selfbench.training.loop import Loop, Stateful
from selfbench.training.schedules import constant

HOLES = (0.15, 0.6)  # sides of the erased boxes, shares of the image


def random_holes(
    count: int,
    size: tuple[int, int],
    generator: torch.Generator,
    device: torch.device | str = "cpu",
) -> Tensor:
    """Return hidden regions (count, 1, H, W) of random boxes that may hang over the edge."""
    low, high = HOLES
    sides = low + (high - low) * torch.rand(count, 2, generator=generator)
    centres = torch.rand(count, 2, generator=generator)
    return hole(torch.cat([centres, sides], dim=1).to(device), size)


def hole_error(image: Tensor, filled: Tensor, hidden: Tensor) -> Tensor:
    """Return the squared error (N,) inside the hidden region per hidden pixel (S2 Eq. 3)."""
    error = ((image - filled) * hidden).square().mean(dim=1).sum(dim=(1, 2))
    return error / hidden.sum(dim=(1, 2, 3))


def train_inpainter(
    images: TrainingImages,
    params: ProposalParams,
    run: Run,
    of: Literal["image", "flow"] = "image",
) -> Inpainter:
    """Return the inpainter trained on `images`, or on their flow, frozen in eval mode."""
    stage = {"image": "inpainter", "flow": "inpainter-flow"}[of]
    torch.manual_seed(int(run.rng(stage).integers(2**63)))
    devices = run.devices
    network = Inpainter(
        params.inpainter_widths, params.inpainter_convolutions, params.inpainter_transposed
    )
    devices.place(network)
    optimiser = torch.optim.Adam(network.parameters(), params.inpaint_rate)
    rate: LRScheduler = constant(optimiser)
    if params.schedule == "cosine":
        rate = OneCycleLR(optimiser, params.inpaint_rate, total_steps=params.inpaint_steps)
    parts: dict[str, Stateful] = {"network": network, "optimiser": optimiser}
    loop = Loop(run, stage, params.inpaint_steps, parts, [rate])
    network.train()
    for step in loop:
        generator = loop.generator(step)
        batch = images.batch(params.batch, generator, devices)
        image = batch.image if of == "image" else batch.flow
        assert image is not None, "flow images were asked for"
        hidden = random_holes(len(image), (image.shape[2], image.shape[3]), generator, image.device)
        with devices.autocast():
            filled = network(image, hidden)
        loss = hole_error(image, filled, hidden).mean()
        loop.update(loss, network, optimiser)
        loop.record(step, {"inpainting": loss.item()})
    return network.eval().requires_grad_(False)
