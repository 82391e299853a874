"""Training: the inpainter on random boxes, then both networks against each other (Eq. 10)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim import Adam
from torch.optim.swa_utils import AveragedModel

from selfbench.contracts import Run
from selfbench.methods.cis.images import Batch, TrainingImages
from selfbench.methods.cis.losses import generator_loss, inpainter_loss, inpainting_errors
from selfbench.methods.cis.networks import Generator, Inpainter
from selfbench.methods.cis.pictures import save_picture
from selfbench.methods.cis.settings import CISParams
from selfbench.training.loop import Loop, Stateful
from selfbench.training.schedules import linear_fall

KICK = 0.2  # largest value of a random gradient (the code of Yang et al. 2019)
BOX_SIDES = (0.1, 0.7)  # of pre-training, shares of the image (ours: that code is not released)


class Player(NamedTuple):
    """A network and its optimiser."""

    network: nn.Module
    optimiser: Adam


class Gradients:
    """Clips gradients and replaces vanished ones; `size` is their mean magnitude before that.

    Args:
        clip: largest gradient of a weight, either way.
        kick: mean magnitude below which all are replaced by random positive ones, so that a
            generator that masks all or nothing gets out of there.
    """

    def __init__(self, clip: float, kick: float = 0.0) -> None:
        self.clip, self.kick, self.size = clip, kick, 0.0

    def __call__(self, gradients: Sequence[Tensor]) -> None:
        """Change `gradients` in place."""
        total = torch.stack([g.abs().sum() for g in gradients]).sum().item()
        self.size = total / sum(g.numel() for g in gradients)
        for gradient in gradients:
            if self.size < self.kick:
                gradient.uniform_(0, KICK)
            gradient.clamp_(-self.clip, self.clip)


def _player(network: nn.Module, rate: float, run: Run) -> Player:
    run.devices.place(network)
    return Player(network, Adam(network.parameters(), rate))


def learn(run: Run, images: TrainingImages, params: CISParams) -> dict[str, Tensor]:
    """Train in this process, which may be one of several, and return the generator's weights.

    Yang et al. 2019, Eq. 10: the inpainter minimises the errors by which it predicts each region's
    flow from the other's, the generator chooses the regions so that they are large.
    """
    torch.manual_seed(int(run.rng("networks").integers(2**63)))
    generator = _player(Generator(params.generator_width), params.rate * params.generator_rate, run)
    inpainter = _player(Inpainter(params.inpainter_width, params.interpolate), params.rate, run)
    if params.pretrain_steps:
        _pretrain(inpainter, images, params, run)
    average = AveragedModel(generator.network, avg_fn=_moving_average(params.average))
    state = {**_state(generator=generator, inpainter=inpainter), "average": average}
    schedules = [
        linear_fall(player.optimiser, params.steps, params.fall)
        for player in (generator, inpainter)
    ]
    loop = Loop(run, "adversaries", params.steps, state, schedules)
    inpainter_gradients = Gradients(params.clip_gradient)
    generator_gradients = Gradients(params.clip_gradient, params.kick)
    period = params.inpainter_steps + params.generator_steps
    logged: dict[str, float] = {}  # of the last step of each network
    for step in loop:
        coarse = step < params.coarse * params.steps
        image, flow = _batch(images, params, coarse, loop.generator(step), run)
        pixels = image[0, 0].numel()
        inpainters_turn = step % period < params.inpainter_steps
        inpainter.network.requires_grad_(inpainters_turn)
        with run.devices.autocast():
            with torch.set_grad_enabled(not inpainters_turn):
                mask = generator.network(image, flow)
            errors = inpainting_errors(
                inpainter.network, image, flow, mask, params.norm, params.denominator
            )
        if inpainters_turn:
            loss = inpainter_loss(errors, params.epsilon, pixels, params.denominator)
            loop.update(loss, *inpainter, inpainter_gradients)
            logged |= {"inpainter": loss.item()}
        else:
            loss = generator_loss(errors, params.epsilon, pixels)
            loop.update(loss, *generator, generator_gradients)
            size = generator_gradients.size
            average.update_parameters(generator.network)
            logged |= {"generator": loss.item(), "gradient": size, **_region_shares(mask)}
            # Since the start, or since the training went on.
            logged["kicks"] = logged.get("kicks", 0) + (size < params.kick)
        loop.record(step, logged)
        picture_due = params.picture_every and (step + 1) % params.picture_every == 0
        if picture_due and not run.devices.rank:
            path = run.folder / "pictures" / f"{step + 1:06d}.png"
            save_picture(average.module, images, run, path)
    weights: dict[str, Tensor] = average.module.state_dict()
    return weights


def _moving_average(keep: float) -> Callable[[Tensor, Tensor, Tensor | int], Tensor]:
    """Return how an average of weights takes up new ones: sooner, while it holds few."""

    def update(average: Tensor, new: Tensor, count: Tensor | int) -> Tensor:
        share = min(keep, (1 + int(count)) / (10 + int(count)))
        return average * share + new * (1 - share)

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


def _region_shares(mask: Tensor) -> dict[str, float]:
    """Return what shows a collapse: the mean mask and the mean share of the smaller region."""
    areas = mask.detach().mean((1, 2, 3))  # (B,)
    smaller = torch.minimum(areas, 1 - areas)
    return {"mask": float(areas.mean()), "region": float(smaller.mean())}


def _pretrain(inpainter: Player, images: TrainingImages, params: CISParams, run: Run) -> None:
    """Train the inpainter alone, its flow hidden in random boxes and around them."""
    loop = Loop(run, "inpainter", params.pretrain_steps, _state(inpainter=inpainter))
    for step in loop:
        generator = loop.generator(step)
        image, flow = _batch(images, params, params.coarse > 0, generator, run)
        height, width = image.shape[2:]
        hidden = random_boxes(len(image), (width, height), generator).to(image.device)
        with run.devices.autocast():
            errors = inpainting_errors(
                inpainter.network, image, flow, hidden, params.norm, params.denominator
            )
        pixels = hidden[0].numel()
        loss = inpainter_loss(errors, params.epsilon, pixels, params.denominator)
        loop.update(loss, *inpainter, Gradients(params.clip_gradient))
        loop.record(step, {"inpainter": loss.item()})


def random_boxes(count: int, size: tuple[int, int], generator: torch.Generator) -> Tensor:
    """Return masks (count, 1, H, W) that are 1 in one box each, which may hang over the edge.

    Args:
        count: of masks.
        size: width and height in pixels.
        generator: of all that is random.
    """
    smallest, largest = BOX_SIDES
    half = (smallest + (largest - smallest) * torch.rand(count, 2, generator=generator)) / 2
    centre = torch.rand(count, 2, generator=generator)
    width, height = size
    x, y = (torch.arange(width) + 0.5) / width, (torch.arange(height) + 0.5) / height
    in_columns = (x - centre[:, :1]).abs() < half[:, :1]  # (count, W)
    in_rows = (y - centre[:, 1:]).abs() < half[:, 1:]  # (count, H)
    return (in_rows[:, None, :, None] & in_columns[:, None, None, :]).float()
