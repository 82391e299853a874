"""Training in two stages: the inpainters, then detector and synthesis network."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.optim.lr_scheduler import LambdaLR

from selfbench.contracts import Run
from selfbench.methods.proposal_is.images import TrainingImages
from selfbench.methods.proposal_is.inpainting import train_inpainter
from selfbench.methods.proposal_is.model import Model
from selfbench.methods.proposal_is.networks import Inpainters
from selfbench.methods.proposal_is.pictures import save_picture
from selfbench.methods.proposal_is.pretrained import Start, initialise
from selfbench.methods.proposal_is.settings import ProposalParams
from selfbench.training.loop import Loop, Stateful
from selfbench.training.schedules import constant, cosine

WARM_UP = 50  # steps until the learning rate has risen to its value (ours)


def learn(
    run: Run, images: TrainingImages, params: ProposalParams, start: Start
) -> dict[str, Tensor]:
    """Train in this process, which may be one of several, and return the model's weights."""
    inpainters = Inpainters(
        None if images.backgrounds is not None else train_inpainter(images, params, run),
        None if images.flow is None else train_inpainter(images, params, run, "flow"),
    )
    return train_model(images, inpainters, params, start, run).state_dict()


def train_model(
    images: TrainingImages, inpainters: Inpainters, params: ProposalParams, start: Start, run: Run
) -> Model:
    """Return detector and synthesis network, trained together, in eval mode."""
    devices = run.devices
    torch.manual_seed(int(run.rng("model").integers(2**63)))
    model = Model(params)
    features = initialise(start, params, model).to(devices.device)
    devices.place(model)
    optimiser = _optimiser(model, params)
    state: dict[str, Stateful] = {"model": model, "optimiser": optimiser}
    loop = Loop(run, "proposals", params.steps, state, [_schedule(optimiser, params)])
    model.train()
    for step in loop:
        generator, progress = loop.generator(step), step / params.steps
        batch = images.batch(params.batch, generator, devices)
        with devices.autocast():
            losses = model.losses(batch, inpainters, features, generator, progress)
        loop.update(losses.total(params, progress), model, optimiser)
        logged = {**losses.terms, **losses.monitored}
        values = torch.stack(list(logged.values())).tolist()  # waits for a GPU once
        loop.record(step, dict(zip(logged, values, strict=True)))
        picture_due = params.picture_every and (step + 1) % params.picture_every == 0
        if picture_due and not devices.rank:
            path = run.folder / "pictures" / f"proposals-{step + 1:06d}.png"
            save_picture(model, images, devices, path)
    return model.eval()


def _optimiser(model: Model, params: ProposalParams) -> torch.optim.Adam:
    """Return Adam with learning rates of their own for S and for its decoder."""
    by_prefix: dict[str, list[Tensor]] = {"": [], "synthesis.": [], "synthesis.decoder.": []}
    for name, value in model.named_parameters():
        prefix = max((start for start in by_prefix if name.startswith(start)), key=len)
        by_prefix[prefix].append(value)
    shares = (1.0, params.synthesis_rate, params.synthesis_rate * params.decoder_rate)
    groups = [
        {"params": group, "lr": params.rate * share}
        for group, share in zip(by_prefix.values(), shares, strict=True)
    ]
    return torch.optim.Adam(groups, params.rate)


def _schedule(optimiser: torch.optim.Adam, params: ProposalParams) -> LambdaLR:
    if params.schedule == "cosine":
        return cosine(optimiser, params.steps, WARM_UP)
    return constant(optimiser, WARM_UP)
