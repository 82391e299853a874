"""What differs from the background reaches S, and sizes learn from their prior alone."""

import pytest
import torch

from selfbench.methods.proposal_is.networks import Inpainters, RandomFeatures
from selfbench.methods.proposal_stitched.images import StitchedBatch
from selfbench.methods.proposal_stitched.model import WINDOW, StitchedModel
from selfbench.methods.proposal_stitched.settings import StitchedParams


def gen():
    return torch.Generator().manual_seed(0)


def step(known=True, matte=None):
    torch.manual_seed(0)
    model = StitchedModel(StitchedParams())
    image, background = torch.randn(2, 2, 3, 64, 64)
    boxes, logits = (part.detach().requires_grad_() for part in model.propose(image))
    model.propose = lambda image: (boxes, logits)
    matte = torch.rand(2, 1, 64, 64) if matte is None else matte
    where = torch.full((2, 1, 64, 64), known)
    batch = StitchedBatch(image, background, matte=matte, known=where)
    losses = model.losses(batch, Inpainters(), RandomFeatures(gen()), gen())
    return losses, boxes, logits, model


def reached(term, leaves):
    parts = torch.autograd.grad(term, leaves, retain_graph=True, allow_unused=True)
    return [0.0 if part is None else part.abs().sum().item() for part in parts]


def test_masks_learn_mattes_where_the_background_is_known():
    losses, boxes, logits, model = step()
    term = losses.terms["matte"]
    of_p, of_boxes, of_s = reached(term, [logits, boxes, model.synthesis.masks.head.weight])
    assert of_p == 0 and of_boxes > 0 and of_s > 0
    assert step(known=False)[0].terms["matte"].item() == 0
    assert losses.weights["matte"] == StitchedParams().matte_weight


@pytest.mark.parametrize("name", ["foreground", "perceptual", "matte"])
def test_only_the_prior_changes_sizes(name):
    losses, boxes, _, _ = step()
    (moved,) = torch.autograd.grad(losses.terms[name], boxes, retain_graph=True)
    assert moved[..., :2].abs().sum() > 0 and (moved[..., 2:] == 0).all()
    (moved,) = torch.autograd.grad(losses.terms["box"], boxes)
    assert moved[..., 2:].abs().sum() > 0


def test_the_synthesis_network_sees_more_than_the_box():
    model = StitchedModel(StitchedParams())
    box = torch.tensor([[0.4, 0.6, 0.2, 0.4]])
    assert model.view(box)[0].tolist() == pytest.approx([0.4, 0.6, 0.2 * WINDOW, 0.4 * WINDOW])
