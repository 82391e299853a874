"""Training: the inpainter on random boxes, then both networks against each other (S3 Eq. 10)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel

from selfbench.contracts import Run
from selfbench.methods.cis.images import Batch, TrainingImages
from selfbench.methods.cis.losses import errors, generator_loss, inpainter_loss
from selfbench.methods.cis.networks import Generator, Inpainter
from selfbench.methods.cis.pictures import save_picture
from selfbench.methods.cis.settings import CISParams
from selfbench.training.loop import Loop, Stateful

KICK = 0.2  # size of a random gradient
BOXES = (0.1, 0.7)  # sides of the boxes of pre-training, shares of the image


class Player(NamedTuple):
    """A network and its optimiser."""

    network: nn.Module
    optimiser: torch.optim.Adam

    def step(self, loss: Tensor, clip: float, run: Run, kick: float = 0.0) -> float:
        """Take one step down `loss`; return the mean absolute gradient before clipping.

        Args:
            loss: scalar.
            clip: largest gradient of a weight, either way.
            run: whose processes share the gradient.
            kick: mean gradient below which all are replaced by random positive ones, so that a
                generator that masks all or nothing gets out of there.
        """
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        run.devices.average(self.network)
        gradients = [p.grad for p in self.network.parameters() if p.grad is not None]
        total = torch.stack([g.abs().sum() for g in gradients]).sum().item()
        size = total / sum(g.numel() for g in gradients)
        for gradient in gradients:
            if size < kick:
                gradient.uniform_(0, KICK)
            gradient.clamp_(-clip, clip)
        self.optimiser.step()
        return size

    def set_rate(self, rate: float) -> None:
        """Set the learning rate of the next steps."""
        for group in self.optimiser.param_groups:
            group["lr"] = rate


def _player(network: nn.Module, rate: float, run: Run) -> Player:
    run.devices.place(network)
    return Player(network, torch.optim.Adam(network.parameters(), rate))


def learn(run: Run, images: TrainingImages, params: CISParams) -> dict[str, Tensor]:
    """Train in this process, which may be one of several, and return the generator's weights."""
    torch.manual_seed(int(run.rng("networks").integers(2**63)))
    generator = _player(Generator(params.generator_width), params.rate * params.generator_rate, run)
    inpainter = _player(Inpainter(params.inpainter_width, params.interpolate), params.rate, run)
    if params.pretrain_steps:
        _pretrain(inpainter, images, params, run)
    average = AveragedModel(generator.network, avg_fn=_average(params.average))
    state = {**_state(generator=generator, inpainter=inpainter), "average": average}
    loop = Loop(run, "adversaries", params.steps, state)
    turn = params.inpainter_steps + params.generator_steps
    watched: dict[str, float] = {}  # of the last step of each network
    for step in loop:
        coarse = step < params.coarse * params.steps
        left = 1.0 if not params.fall else (1 - step / params.steps) / params.fall
        generator.set_rate(params.rate * params.generator_rate * min(1.0, left))
        inpainter.set_rate(params.rate * min(1.0, left))
        image, flow = _batch(images, params, coarse, loop.generator(step), run)
        pixels = image[0, 0].numel()
        its_turn = step % turn < params.inpainter_steps
        inpainter.network.requires_grad_(its_turn)
        with run.devices.autocast():
            with torch.set_grad_enabled(not its_turn):
                mask = generator.network(image, flow)
            found = errors(inpainter.network, image, flow, mask)
        if its_turn:
            loss = inpainter_loss(found, pixels)
            inpainter.step(loss, params.clip_gradient, run)
            watched |= {"inpainter": loss.item()}
        else:
            loss = generator_loss(found, params.epsilon, pixels)
            size = generator.step(loss, params.clip_gradient, run, params.kick)
            average.update_parameters(generator.network)
            watched |= {"generator": loss.item(), "gradient": size, **_shape(mask)}
            # Since the start, or since the training went on.
            watched["kicks"] = watched.get("kicks", 0) + (size < params.kick)
        loop.record(step, watched)
        drawn = params.picture_every and (step + 1) % params.picture_every == 0
        if drawn and not run.devices.rank:
            save_picture(
                average.module, images, run, run.folder / "pictures" / f"{step + 1:06d}.png"
            )
    weights: dict[str, Tensor] = average.module.state_dict()
    return weights


def _average(keep: float) -> Callable[[Tensor, Tensor, Tensor | int], Tensor]:
    """Return how an average of weights takes up new ones: sooner, while it has seen few."""

    def update(old: Tensor, new: Tensor, count: Tensor | int) -> Tensor:
        share = min(keep, (1 + int(count)) / (10 + int(count)))
        return old * share + new * (1 - share)

    return update


def _batch(
    images: TrainingImages, params: CISParams, coarse: bool, generator: torch.Generator, run: Run
) -> Batch:
    """Return training images; `coarse` ones have half the size, and take a quarter of the time."""
    batch = images.batch(params.batch, generator, run.devices)
    return Batch(*(functional.avg_pool2d(x, 2) for x in batch)) if coarse else batch


def _state(**players: Player) -> Mapping[str, Stateful]:
    networks = {name: player.network for name, player in players.items()}
    return networks | {f"{name}-adam": p.optimiser for name, p in players.items()}


def _shape(mask: Tensor) -> dict[str, float]:
    """Tell a collapse: the mean mask, and the share of the smaller region, mean over images."""
    areas = mask.detach().mean((1, 2, 3))  # (B,)
    smaller = torch.minimum(areas, 1 - areas)
    return {"mask": float(areas.mean()), "region": float(smaller.mean())}


def _pretrain(inpainter: Player, images: TrainingImages, params: CISParams, run: Run) -> None:
    """Train the inpainter alone, its flow hidden in random boxes and around them."""
    state = _state(inpainter=inpainter)
    loop = Loop(run, "inpainter", params.pretrain_steps, state)
    for step in loop:
        generator = loop.generator(step)
        image, flow = _batch(images, params, params.coarse > 0, generator, run)
        height, width = image.shape[2:]
        hidden = random_boxes(len(image), (width, height), generator).to(image.device)
        with run.devices.autocast():
            found = errors(inpainter.network, image, flow, hidden)
        loss = inpainter_loss(found, hidden[0].numel())
        inpainter.step(loss, params.clip_gradient, run)
        loop.record(step, {"inpainter": loss.item()})


def random_boxes(count: int, size: tuple[int, int], generator: torch.Generator) -> Tensor:
    """Return masks (count, 1, H, W) that are 1 in one box each, which may hang over the edge."""
    low, high = BOXES
    half = (low + (high - low) * torch.rand(count, 2, generator=generator)) / 2
    centre = torch.rand(count, 2, generator=generator)
    width, height = size
    x, y = (torch.arange(width) + 0.5) / width, (torch.arange(height) + 0.5) / height
    across = (x - centre[:, :1]).abs() < half[:, :1]  # (count, W)
    down = (y - centre[:, 1:]).abs() < half[:, 1:]  # (count, H)
    return (down[:, None, :, None] & across[:, None, None, :]).float()
