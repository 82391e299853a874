"""What the ablated forms of proposal-is learn from, and what they do not."""

import pytest
import torch

from selfbench.methods.proposal_is import geometry as g
from selfbench.methods.proposal_is.images import Batch
from selfbench.methods.proposal_is.model import Model, below
from selfbench.methods.proposal_is.networks import Inpainter, Inpainters, RandomFeatures
from selfbench.methods.proposal_is.settings import ProposalParams

MAIN = ("background", "foreground", "perceptual")


def step(known=False, **choices):
    """Return the loss terms of one batch, and the leaves whose gradients are asked for."""
    torch.manual_seed(0)
    model = Model(ProposalParams(samples=1, **choices))
    inpainter = None if known else Inpainter().eval().requires_grad_(False)
    image = torch.randn(3, 3, 64, 64)
    boxes, logits = (part.detach().requires_grad_() for part in model.propose(image))
    model.propose = lambda image: (boxes, logits)
    background = torch.randn(3, 3, 64, 64) if known else None
    features = RandomFeatures(torch.Generator().manual_seed(0))
    batch, draws = Batch(image, background), torch.Generator().manual_seed(0)
    found = model.losses(batch, Inpainters(inpainter), features, draws)
    leaves = {"p": [logits], "boxes": [boxes], "S": list(model.synthesis.parameters())}
    return found.terms, leaves


def gradient(term, leaves):
    if not term.requires_grad:
        return 0.0
    parts = torch.autograd.grad(term, leaves, retain_graph=True, allow_unused=True)
    return sum(0.0 if part is None else part.abs().sum().item() for part in parts)


def reached(terms, leaves):
    return {(t, name) for t in MAIN for name in leaves if gradient(terms[t], leaves[name]) > 0}


DISENTANGLED = {
    ("background", "p"),
    ("foreground", "boxes"),
    ("foreground", "S"),
    ("perceptual", "boxes"),
    ("perceptual", "S"),
}
ENTANGLED = {("background", "boxes"), ("foreground", "p"), ("perceptual", "p")}


@pytest.mark.parametrize("known", [False, True])
def test_joint_training_adds_exactly_the_forbidden_gradients(known):
    assert reached(*step(known)) == DISENTANGLED
    assert reached(*step(known, gradients="joint")) == DISENTANGLED | ENTANGLED


def test_the_background_loss_moves_sizes_only_in_joint_training():
    terms, leaves = step(gradients="joint")
    (move,) = torch.autograd.grad(terms["background"], leaves["boxes"])
    assert (move[..., 2:].abs().sum() > 0) and (move[..., :2].abs().sum() > 0)


def test_the_values_of_the_losses_are_the_same_either_way():
    apart, joint = step()[0], step(gradients="joint")[0]
    assert all(torch.equal(apart[name], joint[name]) for name in apart)


def test_the_exact_step_shows_every_live_cell_to_the_synthesis_network():
    seen = []
    model = Model(ProposalParams(sampler="exact"))
    model.synthesis.register_forward_hook(lambda module, given, out: seen.append(len(given[0])))
    inpainter = Inpainter().eval().requires_grad_(False)
    image, features = torch.randn(2, 3, 64, 64), RandomFeatures(torch.Generator().manual_seed(0))
    draws = torch.Generator().manual_seed(0)
    model.losses(Batch(image), Inpainters(inpainter), features, draws)
    assert seen == [2 * 36]


def test_one_regressed_box_has_nothing_to_choose():
    model = Model(ProposalParams(proposal="single"))
    boxes, logits = model.propose(torch.randn(2, 3, 64, 64))
    assert boxes.shape == (2, 1, 4) and logits.shape == (2, 1)
    terms, leaves = step(proposal="single", gradients="joint")
    assert gradient(terms["background"], leaves["p"]) == 0.0
    assert gradient(terms["foreground"], leaves["p"]) == 0.0
    assert gradient(terms["background"], leaves["boxes"]) > 0
    assert gradient(terms["foreground"], leaves["boxes"]) > 0


def test_a_regressed_box_can_go_anywhere():
    raw = torch.tensor([[0.0, 0, 20, -20]]).reshape(1, 4, 1, 1)
    assert g.decode_boxes(raw, (0.2, 0.8), 0.5, (0.5, 0.5))[0, 0].tolist() == pytest.approx(
        [1, 0, 0.5, 0.5]
    )


def test_the_regressed_box_can_be_learnt():
    """Every part of the detector is reached, and the box follows."""
    torch.manual_seed(0)
    model = Model(ProposalParams(proposal="single"))
    image = torch.randn(2, 3, 64, 64)
    wanted = torch.tensor([[0.2, 0.7, 0.3, 0.5], [0.8, 0.4, 0.6, 0.2]])
    optimiser = torch.optim.Adam(model.parameters(), 0.01)
    for _ in range(150):
        loss = (model.propose(image)[0][:, 0] - wanted).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert loss.item() < 1e-3
    assert all(part.grad is not None for part in model.detector.parameters())


def test_the_share_of_masks_below_the_target():
    """S2 Fig. 10."""
    means = torch.tensor([0.001, 0.004, 0.006, 0.5])
    assert below(means[:, None, None, None].expand(-1, 1, 4, 4), 0.005) == 0.5
