"""Which loss reaches what (Katircioglu et al. 2022, 3.3.2), in every form that can be chosen."""

import pytest
import torch

from selfbench.methods.proposal_is import ProposalIS
from selfbench.methods.proposal_is import geometry as g
from selfbench.methods.proposal_is.images import Batch
from selfbench.methods.proposal_is.model import Model
from selfbench.methods.proposal_is.networks import Inpainter, Inpainters, RandomFeatures
from selfbench.methods.proposal_is.settings import ProposalParams


def gen(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module", params=["importance", "gumbel", "exact", "reinforce-baseline"])
def losses(request):
    """Loss terms of one batch, with boxes, logits and S's weights as leaves."""
    params = ProposalParams(sampler=request.param, samples=2)
    torch.manual_seed(0)
    model = Model(params)
    inpainter = Inpainter().eval().requires_grad_(False)
    image = torch.randn(3, 3, 64, 64)
    raw, logits = model.detector(image)
    boxes = g.decode_boxes(raw, (0.2, 0.8), 1.0, (0.5, 0.5)).detach().requires_grad_()
    logits = logits.detach().requires_grad_()
    model.propose = lambda image: (boxes, logits)
    batch = Batch(image, matte=torch.rand(3, 1, 64, 64))
    terms = model.losses(batch, Inpainters(inpainter), RandomFeatures(gen()), gen()).terms
    return terms, boxes, logits, list(model.synthesis.parameters()), inpainter


def gradient(term, leaves):
    if not term.requires_grad:
        return 0.0
    parts = torch.autograd.grad(term, leaves, retain_graph=True, allow_unused=True)
    return sum(0.0 if part is None else part.abs().sum().item() for part in parts)


def test_the_background_loss_reaches_the_probabilities_alone(losses):
    terms, boxes, logits, synthesis, _ = losses
    assert gradient(terms["background"], [logits]) > 0
    assert gradient(terms["background"], [boxes]) == 0.0
    assert gradient(terms["background"], synthesis) == 0.0


@pytest.mark.parametrize("name", ["foreground", "perceptual", "matte"])
def test_the_foreground_losses_reach_boxes_and_synthesis_alone(losses, name):
    terms, boxes, logits, synthesis, _ = losses
    assert gradient(terms[name], [logits]) == 0.0
    assert gradient(terms[name], [boxes]) > 0
    assert gradient(terms[name], synthesis) > 0


def test_the_priors_reach_what_they_are_about(losses):
    terms, boxes, logits, synthesis, inpainter = losses
    assert gradient(terms["mask"], [logits]) == 0.0 and gradient(terms["mask"], synthesis) > 0
    assert gradient(terms["cell"], [boxes]) == 0.0 and gradient(terms["cell"], synthesis) == 0.0
    assert all(p.grad is None for p in inpainter.parameters())


def test_where_the_background_is_not_known_nothing_is_learnt():
    torch.manual_seed(0)
    model, features = Model(ProposalParams()), RandomFeatures(torch.Generator().manual_seed(0))
    image, background = torch.randn(2, 3, 64, 64), torch.randn(2, 3, 64, 64)
    for share, learns in ((False, False), (True, True)):
        known = torch.full((2, 1, 64, 64), share)
        draws = torch.Generator().manual_seed(0)
        batch = Batch(image, background, known, torch.ones(2, 1, 64, 64))
        terms = model.losses(batch, Inpainters(), features, draws).terms
        for name in ("foreground", "perceptual", "matte"):
            assert (terms[name].item() > 0) == learns


@pytest.mark.parametrize(
    ("window", "free_size", "moved"), [(1.5, False, False), (1.0, False, False), (1.0, True, True)]
)
def test_only_the_paper_lets_the_foreground_loss_move_sizes(window, free_size, moved):
    model = Model(ProposalParams(window=window, free_size=free_size))
    box = torch.tensor([[0.5, 0.5, 0.4, 0.4]], requires_grad=True)
    view = model.view(box, gen())
    view.square().sum().backward()
    assert (box.grad[:, :2] != 0).all()
    assert (box.grad[:, 2:] != 0).all() == moved


def test_the_synthesis_network_of_the_paper_sees_the_box():
    model = Model(ProposalParams(**ProposalIS.presets["paper-losses"]))
    box = torch.tensor([[0.4, 0.6, 0.3, 0.5]])
    assert torch.equal(model.view(box, gen()), box)


@pytest.mark.parametrize("sampler", ["importance", "exact", "gumbel", "reinforce-baseline"])
def test_the_flow_loss_reaches_the_probabilities_alone(sampler):
    torch.manual_seed(0)
    model = Model(ProposalParams(sampler=sampler))
    inpainter = Inpainter().eval().requires_grad_(False)
    image, flow = torch.randn(2, 3, 3, 64, 64).unbind(0)
    raw, logits = model.detector(image)
    boxes = g.decode_boxes(raw, (0.2, 0.8), 1.0, (0.5, 0.5)).detach().requires_grad_()
    logits = logits.detach().requires_grad_()
    model.propose = lambda image: (boxes, logits)
    generator = torch.Generator().manual_seed(0)
    features = RandomFeatures(torch.Generator().manual_seed(0))
    both = Inpainters(inpainter, inpainter)
    terms = model.losses(Batch(image, flow=flow), both, features, generator).terms
    terms["flow"].backward()
    assert logits.grad.abs().sum() > 0
    assert boxes.grad is None
    assert all(p.grad is None for p in model.parameters())


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
    terms = model.losses(batch, Inpainters(inpainter), features, draws).terms
    leaves = {"p": [logits], "boxes": [boxes], "S": list(model.synthesis.parameters())}
    return terms, leaves


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
    disentangled, joint = step()[0], step(gradients="joint")[0]
    assert all(torch.equal(disentangled[name], joint[name]) for name in disentangled)


def test_the_exact_step_shows_every_live_cell_to_the_synthesis_network():
    counts = []
    model = Model(ProposalParams(sampler="exact"))
    model.synthesis.register_forward_hook(lambda module, given, out: counts.append(len(given[0])))
    inpainter = Inpainter().eval().requires_grad_(False)
    image, features = torch.randn(2, 3, 64, 64), RandomFeatures(torch.Generator().manual_seed(0))
    draws = torch.Generator().manual_seed(0)
    model.losses(Batch(image), Inpainters(inpainter), features, draws)
    assert counts == [2 * 36]


def test_one_regressed_box_has_nothing_to_choose():
    terms, leaves = step(proposal="single", gradients="joint")
    assert gradient(terms["background"], leaves["p"]) == 0.0
    assert gradient(terms["foreground"], leaves["p"]) == 0.0
    assert gradient(terms["background"], leaves["boxes"]) > 0
    assert gradient(terms["foreground"], leaves["boxes"]) > 0


def test_masks_may_be_scaled_to_a_peak_of_1():
    torch.manual_seed(0)
    model = Model(ProposalParams(mask_scale="max", window=1.0)).eval()
    box = torch.tensor([[0.5, 0.5, 0.4, 0.4]])
    colour, mask = model.segment(torch.randn(1, 3, 64, 64), box)
    assert colour.shape == (1, 3, 32, 32) and mask.shape == (1, 1, 32, 32)
    assert mask.max().item() == pytest.approx(1, abs=1e-3)
