"""Which loss reaches what (Katircioglu et al. 2022, 3.3.2), in every form that can be chosen."""

import pytest
import torch

from selfbench.methods.proposal_is import geometry as g
from selfbench.methods.proposal_is.images import Batch
from selfbench.methods.proposal_is.model import Model
from selfbench.methods.proposal_is.networks import Inpainter, Inpainters, RandomFeatures
from selfbench.methods.proposal_is.sampling import probabilities
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
    boxes = g.decode_boxes(raw, (0.2, 0.8), 1.0, "cell").detach().requires_grad_()
    logits = logits.detach().requires_grad_()
    model.propose = lambda image: (boxes, logits)
    terms = model.losses(Batch(image), Inpainters(inpainter), RandomFeatures(gen()), gen()).terms
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


@pytest.mark.parametrize("name", ["foreground", "perceptual"])
def test_the_foreground_losses_reach_boxes_and_synthesis_alone(losses, name):
    terms, boxes, logits, synthesis, _ = losses
    assert gradient(terms[name], [logits]) == 0.0
    assert gradient(terms[name], [boxes]) > 0
    assert gradient(terms[name], synthesis) > 0


def test_the_priors_reach_what_they_are_about(losses):
    terms, boxes, logits, synthesis, inpainter = losses
    assert gradient(terms["mask"], [logits]) == 0.0 and gradient(terms["mask"], synthesis) > 0
    assert gradient(terms["box"], [boxes]) > 0 and gradient(terms["box"], [logits]) == 0.0
    assert gradient(terms["cell"], [boxes]) == 0.0 and gradient(terms["cell"], synthesis) == 0.0
    assert all(p.grad is None for p in inpainter.parameters())


@pytest.mark.parametrize("gradients", ["disentangled", "joint"])
def test_the_prior_on_masks_does_not_shrink_boxes(gradients):
    """Katircioglu et al. 2022, 3.3.2: a box learns from L_fg alone."""
    torch.manual_seed(0)
    model, image = Model(ProposalParams(gradients=gradients)), torch.randn(3, 3, 64, 64)
    patch = torch.full((3, 4, 32, 32), 0.5)
    model.segment = lambda image, view: (patch[:, :3], patch[:, 3:])
    boxes, logits = (part.detach().requires_grad_() for part in model.propose(image))
    model.propose = lambda image: (boxes, logits)
    inpainters = Inpainters(Inpainter().eval().requires_grad_(False))
    terms = model.losses(Batch(image), inpainters, RandomFeatures(gen()), gen()).terms
    assert (gradient(terms["mask"], [boxes]) > 0) == (gradients == "joint")


@pytest.mark.parametrize(("prior", "learns"), [("l1", False), ("l2", True), ("sampled-l2", True)])
def test_the_prior_on_p_as_printed_in_2022_teaches_nothing(prior, learns):
    terms, leaves = step(cell_prior=prior)
    assert (gradient(terms["cell"], leaves["p"]) > 1e-6) == learns
    if prior == "l1":
        assert terms["cell"].item() == pytest.approx(1)


def test_the_synthesis_network_sees_the_box_itself():
    model = Model(ProposalParams())
    box = torch.tensor([[0.4, 0.6, 0.3, 0.5]])
    assert torch.equal(model.view(box), box)


def test_a_known_background_is_the_whole_background():
    """Katircioglu et al. 2022, Alg. 1: what a box leaves out of the person costs L_fg something."""
    torch.manual_seed(0)
    model, image = Model(ProposalParams()), torch.zeros(1, 3, 64, 64)
    model.segment = lambda image, view: (
        torch.zeros(len(view), 3, 32, 32),
        torch.zeros(len(view), 1, 32, 32),
    )
    features = RandomFeatures(gen())
    known = model.losses(Batch(image, image + 2), Inpainters(), features, gen()).terms
    inpainter = Inpainter().eval().requires_grad_(False)
    filled = model.losses(Batch(image), Inpainters(inpainter), features, gen()).terms
    assert known["foreground"].item() == pytest.approx(4, rel=0.05), "p_c / q_c times 2^2"
    assert filled["foreground"].item() < 1


def test_the_error_is_per_area_of_the_box_or_of_what_is_hidden():
    """Katircioglu et al. 2022, Eq. 3: the box is smaller than the hole by its growth."""
    image = torch.zeros(1, 3, 64, 64)
    box = torch.tensor([[0.5, 0.5, 0.5, 0.25]])
    hidden = g.hole(g.grown(box, 1.2), (64, 64))
    of_box, of_hole = (
        Model(ProposalParams(area=area)).inpainting_error(image, image + 1, hidden, box).item()
        for area in ("box", "hole")
    )
    assert of_box / of_hole == pytest.approx(1.2**2, rel=0.03)


def test_boxes_outside_the_image_are_discarded_or_moved():
    torch.manual_seed(0)
    raw = torch.full((1, 4, 8, 8), 9.0)
    for outside in ("discard", "clamp"):
        model = Model(ProposalParams(offset=3, outside=outside)).eval()
        model.detector.forward = lambda image: (raw, torch.zeros(1, 64))
        boxes, logits = model.propose(torch.zeros(1, 3, 64, 64))
        p = probabilities(logits, model.live)
        right = (torch.arange(64) % 8 >= 5) | (torch.arange(64) // 8 >= 5)
        assert (p[0, right & model.live] == 0).all() == (outside == "discard")
        assert torch.isfinite(p).all() and (boxes[..., :2].max() <= 1) == (outside == "clamp")


@pytest.mark.parametrize("sampler", ["importance", "exact", "gumbel", "reinforce-baseline"])
def test_the_flow_loss_reaches_the_probabilities_alone(sampler):
    torch.manual_seed(0)
    model = Model(ProposalParams(sampler=sampler))
    inpainter = Inpainter().eval().requires_grad_(False)
    image, flow = torch.randn(2, 3, 3, 64, 64).unbind(0)
    raw, logits = model.detector(image)
    boxes = g.decode_boxes(raw, (0.2, 0.8), 1.0, "cell").detach().requires_grad_()
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
    model = Model(ProposalParams(**choices))
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
    for name, value in disentangled.items():
        assert value.item() == pytest.approx(joint[name].item(), rel=1e-5), name


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
