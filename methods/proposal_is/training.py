"""Training in two stages: the inpainters, then detector and synthesis network."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import LambdaLR

from selfbench.contracts import Run
from selfbench.methods.proposal_is.images import TrainingImages
from selfbench.methods.proposal_is.inpainting import STAGES, train_inpainter
from selfbench.methods.proposal_is.model import Model
from selfbench.methods.proposal_is.networks import Inpainters
from selfbench.methods.proposal_is.pictures import save_picture
from selfbench.methods.proposal_is.pretrained import Start, initialise, make_features
from selfbench.methods.proposal_is.settings import ProposalParams
from selfbench.training.loop import Loop, Stateful
from selfbench.training.schedules import constant, cosine

WARM_UP = 50  # steps until the learning rate has risen to its value (ours)


def learn(
    run: Run, images: TrainingImages, params: ProposalParams, start: Start, kind: type[Model]
) -> dict[str, Tensor]:
    """Train in this process, which may be one of several, and return the model's weights."""
    features = make_features(start, params).to(run.devices.device)
    needed = {"image": images.backgrounds is None, "flow": images.flow is not None}
    inpainters = Inpainters(*(
        train_inpainter(images, params, features, run, of) if needed[of] else None
        for of in STAGES
    ))  # fmt: skip
    return train_model(images, inpainters, features, params, start, run, kind).state_dict()


def train_model(
    images: TrainingImages,
    inpainters: Inpainters,
    features: nn.Module,
    params: ProposalParams,
    start: Start,
    run: Run,
    kind: type[Model],
) -> Model:
    """Return detector and synthesis network, trained together, in eval mode."""
    devices = run.devices
    torch.manual_seed(int(run.rng("model").integers(2**63)))
    model = kind(params)
    initialise(start, model)
    devices.place(model)
    optimiser = _optimiser(model, params)
    state: dict[str, Stateful] = {"model": model, "optimiser": optimiser}
    loop = Loop(run, "proposals", params.steps, state, [_schedule(optimiser, params)])
    model.train()
    for step in loop:
        generator = loop.generator(step)
        batch = images.batch(params.batch, generator, devices)
        with devices.autocast():
            losses = model.losses(batch, inpainters, features, generator)
        loop.update(losses.total(), model, optimiser)
        logged = {**losses.terms, **losses.monitored}
        values = torch.stack(list(logged.values())).tolist()  # waits for a GPU once
        loop.record(step, dict(zip(logged, values, strict=True)))
        picture_due = params.picture_every and (step + 1) % params.picture_every == 0
        if picture_due and not devices.rank:
            path = run.folder / "pictures" / f"proposals-{step + 1:06d}.png"
            save_picture(model, images, devices, path)
    return model.eval()


def _optimiser(model: Model, params: ProposalParams) -> torch.optim.Adam:
    """Return Adam with a learning rate of its own for the decoder of S."""
    decoder = "synthesis.decoder."
    named = list(model.named_parameters())
    groups: list[dict[str, Any]] = [
        {"params": [value for name, value in named if not name.startswith(decoder)]},
        {
            "params": [value for name, value in named if name.startswith(decoder)],
            "lr": params.rate * params.decoder_rate,
        },
    ]
    return torch.optim.Adam(groups, params.rate)


def _schedule(optimiser: torch.optim.Adam, params: ProposalParams) -> LambdaLR:
    if params.schedule == "cosine":
        return cosine(optimiser, params.steps, WARM_UP)
    return constant(optimiser, WARM_UP)
