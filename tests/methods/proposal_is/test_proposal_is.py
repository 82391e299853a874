"""proposal-is: each part against its equation, and the gradients that must be exactly zero."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from selfbench.contracts import Clip, Run
from selfbench.errors import DataError
from selfbench.methods.proposal_is import ProposalIS
from selfbench.methods.proposal_is import geometry as g
from selfbench.methods.proposal_is.images import Batch
from selfbench.methods.proposal_is.model import Losses, Model
from selfbench.methods.proposal_is.networks import Inpainter, Inpainters, RandomFeatures
from selfbench.methods.proposal_is.sampling import draw, importance, probabilities
from selfbench.methods.proposal_is.settings import ProposalParams
from selfbench.methods.proposal_is.silhouette import TALL, WIDE, extent, fit
from selfbench.training.devices import TorchDevices

LIVE = g.live_cells()
SIDES = st.floats(0.2, 0.8)


def gen(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


# -- geometry -------------------------------------------------------------------------------


def test_the_outer_ring_is_dead():
    grid = LIVE.reshape(8, 8)
    assert int(grid.sum()) == 36
    assert not (grid[0].any() or grid[-1].any() or grid[:, 0].any() or grid[:, -1].any())


def test_boxes_start_in_the_middle_and_stay_within_bounds():
    start = g.decode_boxes(torch.zeros(1, 4, 8, 8), (0.2, 0.8), 1.0, (0.5, 0.5))[0]
    assert torch.allclose(start[:, 2:], torch.tensor(0.5))
    assert torch.allclose(start[9, :2], torch.tensor([1.5 / 8, 1.5 / 8])), "x from the column"
    wild = g.decode_boxes(
        torch.randn(4, 4, 8, 8, generator=gen()) * 100, (0.2, 0.8), 1.0, (0.5, 0.5)
    )
    assert wild[..., 2:].min() >= 0.2 and wild[..., 2:].max() <= 0.8
    assert wild[..., :2].min() >= 0 and wild[..., :2].max() <= 1
    shift = (wild[..., :2] - start[None, :, :2]).abs()
    assert shift.max() <= 1 / 8 + 1e-6, "an offset is at most one cell"


@settings(max_examples=40, deadline=None)
@given(st.floats(0.3, 0.7), st.floats(0.3, 0.7), SIDES, SIDES)
def test_the_hole_and_the_corners_agree(cx, cy, sx, sy):
    """The align_corners convention is the same in T^-1 and in boxes in pixels."""
    box = torch.tensor([[cx, cy, sx, sy]])
    hidden = g.hole(box, (64, 96))[0, 0]
    x0, y0, x1, y1 = g.to_corners(box, 96, 64)[0].tolist()
    assert hidden.sum().item() == pytest.approx((x1 - x0) * (y1 - y0), rel=0.08)
    if x0 > 0 and y0 > 0 and x1 < 96 and y1 < 64:
        columns = torch.arange(96.0).expand(64, 96)
        centre = ((columns * hidden).sum() / hidden.sum() + 0.5).item()
        assert centre == pytest.approx((x0 + x1) / 2, abs=0.3)


def test_pasting_a_crop_gives_back_the_image_inside_the_box():
    smooth = torch.rand(1, 3, 8, 8, generator=gen())
    image = torch.nn.functional.interpolate(smooth, size=(64, 64), mode="bicubic")
    box = torch.tensor([[0.5, 0.45, 0.5, 0.6]])
    back = g.paste(g.crop(image, box, 64), box, (64, 64))
    inside = g.hole(g.grown(box, 0.8), (64, 64)) == 1
    assert inside.sum() > 500
    assert (back - image)[inside.expand(-1, 3, -1, -1)].abs().max() < 0.05


@pytest.mark.parametrize("joint", [True, False])
def test_the_focus_falls_from_one_to_zero(joint):
    bump = g.focus(64, 2 if joint else 8, joint)[0, 0]
    assert bump.max() == pytest.approx(1, abs=1e-3) and bump[0, 0] < 0.01
    assert torch.allclose(bump, bump.T) and torch.allclose(bump, bump.flip(0))


def test_the_published_bump():
    """Values of exp(1 - 1/(1 - sqrt(x^4 + y^4))), worked out by hand."""
    bump = g.focus(2000, 2, True)[0, 0]
    at = lambda x, y: bump[round((y + 1) * 1000 - 0.5), round((x + 1) * 1000 - 0.5)].item()  # noqa: E731
    assert at(0.5, 0) == pytest.approx(0.72, abs=0.01)
    assert at(0.5, 0.5) == pytest.approx(0.58, abs=0.01)
    assert at(0.9, 0) == pytest.approx(0.014, abs=0.002)
    assert bump.mean() == pytest.approx(0.37, abs=0.01)


# -- sampling -------------------------------------------------------------------------------


def test_q_is_a_distribution_over_live_cells():
    p = probabilities(torch.randn(5, 64, generator=gen()), LIVE)
    q = importance(p, LIVE, 0.001)
    assert torch.allclose(q.sum(1), torch.ones(5)) and (q[:, ~LIVE] == 0).all()
    assert q[:, LIVE].min() >= 0.001 - 1e-7
    assert (p[:, ~LIVE] == 0).all()


@pytest.mark.parametrize("sampler", ["importance", "uniform", "reinforce-baseline", "exact"])
@pytest.mark.parametrize("samples", [1, 3])
def test_the_estimate_and_its_gradient_are_unbiased(sampler, samples):
    """Against the exact sum over cells of S2 Eq. 2, within five standard errors."""
    torch.manual_seed(0)
    params = ProposalParams(sampler=sampler, samples=samples)
    logits = torch.randn(1, 64, requires_grad=True)
    values = torch.rand(64)
    exact = (probabilities(logits, LIVE) * values).sum()
    (wanted,) = torch.autograd.grad(exact, logits)
    many = 1 if sampler == "exact" else 40_000
    batch = logits.expand(many, -1)
    batch.retain_grad()
    cells, weights = draw(batch, LIVE, params, gen(1))
    each = (weights * values[cells]).mean(dim=1)
    (gradients,) = torch.autograd.grad(each.sum(), batch)
    error = each.std() / many**0.5 if many > 1 else torch.tensor(1e-6)
    assert (each.mean() - exact).abs() <= 5 * error + 1e-6
    spread = gradients.std(dim=0) / many**0.5 if many > 1 else torch.full((64,), 1e-6)
    assert ((gradients.mean(0) - wanted[0]).abs() <= 5 * spread + 1e-6).all()


def test_importance_sampling_varies_least():
    """S1 A.6: the variance of uniform sampling is many times that of importance sampling."""
    logits = torch.zeros(20_000, 64)
    logits[:, 27] = 5.0
    variance = {}
    for sampler in ("importance", "uniform"):
        cells, weights = draw(logits, LIVE, ProposalParams(sampler=sampler, samples=1), gen())
        variance[sampler] = (weights * (1 + cells / 64)).var().item()
    assert variance["uniform"] > 20 * variance["importance"]


def test_gumbel_is_straight_through():
    logits = torch.randn(6, 64, requires_grad=True)
    cells, weights = draw(logits, LIVE, ProposalParams(sampler="gumbel", samples=2), gen())
    assert (weights == 1).all() and LIVE[cells].all()
    weights.sum().backward()
    assert logits.grad.abs().sum() > 0 and (logits.grad[:, ~LIVE] == 0).all()


# -- disentangled gradients (S2 3.3.2) --------------------------------------------------------


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
    found = model.losses(batch, Inpainters(inpainter), RandomFeatures(gen()), gen())
    return found.terms, boxes, logits, list(model.synthesis.parameters()), inpainter


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


def test_the_v_shaped_prior():
    """S2 Eq. 6: |mean - lambda| + lambda."""
    model = Model(ProposalParams(mask_target=0.1))
    for mean, wanted in ((0.02, 0.18), (0.1, 0.1), (0.3, 0.3)):
        assert model._mask_prior(torch.full((2, 1, 4, 4), mean)).item() == pytest.approx(wanted)


# -- the plug-in ------------------------------------------------------------------------------

QUICK = {"steps": 4, "inpaint_steps": 3, "batch": 4, "size": 64, "crop": 16}


class Frames(list):
    """Frames with names."""

    @property
    def names(self):
        return [f"{i:05d}" for i in range(len(self))]


def clip(count=6, height=40, width=56, value=None, background=None) -> Clip:
    rng = np.random.default_rng(0)
    frames = rng.integers(0, 256, (count, height, width, 3), np.uint8)
    if value is not None:
        frames[:] = value
    return Clip("a", Frames(frames), background=background)


def fitted(tmp_path, clips, **more):
    method = ProposalIS(ProposalParams(**(QUICK | more)))
    method.fit(clips, Run(0, tmp_path, TorchDevices()))
    return method


def test_predictions_have_the_frames_size_and_boxes_in_it(tmp_path):
    method = fitted(tmp_path, [clip()])
    predictions = list(
        method.predict(clip(count=35, height=30, width=70), Run(0, tmp_path, TorchDevices()))
    )
    assert len(predictions) == 35
    for p in predictions:
        assert p.mask.shape == (30, 70) and p.mask.min() >= 0 and p.mask.max() <= 1
        x0, y0, x1, y1 = p.boxes[0]
        assert 0 <= x0 < x1 <= 70 and 0 <= y0 < y1 <= 30 and 0 < p.scores[0] <= 1


def test_weights_give_the_same_predictions(tmp_path):
    method = fitted(tmp_path, [clip()])
    other = ProposalIS(method.params)
    other.load_weights({name: np.asarray(value) for name, value in method.weights().items()})
    a, b = (list(m.predict(clip(), Run(0, tmp_path, TorchDevices()))) for m in (method, other))
    assert all((x.mask == y.mask).all() and (x.boxes == y.boxes).all() for x, y in zip(a, b))


def test_weights_of_another_architecture_are_refused(tmp_path):
    weights = fitted(tmp_path, [clip()]).weights()
    other = ProposalIS(ProposalParams(**(QUICK | {"latent": 7})))
    with pytest.raises(DataError, match="do not fit proposal-is"):
        other.load_weights({name: np.asarray(value) for name, value in weights.items()})


def test_two_trainings_with_one_seed_are_equal(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    a, b = (fitted(tmp_path / f, [clip()]).weights() for f in "ab")
    assert all(torch.equal(a[name], b[name]) for name in a)


def test_a_known_background_replaces_the_inpainter(tmp_path):
    empty = np.zeros((40, 56, 3), np.uint8)
    fitted(tmp_path, [clip(background=empty)])
    assert not (tmp_path / "checkpoint-inpainter.safetensors").exists()
    fitted(tmp_path, [clip(background=empty)], known_background=False)
    assert (tmp_path / "checkpoint-inpainter.safetensors").exists()


def test_other_frames_replace_the_inpainter_where_they_show_enough(tmp_path, monkeypatch):
    lines = []
    method = ProposalIS(ProposalParams(**(QUICK | {"fill": "stitched"})))
    method.fit(
        [clip()], Run(0, tmp_path, TorchDevices(), lines.append)
    )  # noise: no two frames match
    assert (tmp_path / "checkpoint-inpainter.safetensors").exists()
    assert any("an inpainter is trained" in line for line in lines)
    (tmp_path / "b").mkdir()
    monkeypatch.setattr("selfbench.vision.background.backgrounds.ENOUGH_KNOWN", 0)
    method.fit([clip()], Run(0, tmp_path / "b", TorchDevices()))
    assert not (tmp_path / "b" / "checkpoint-inpainter.safetensors").exists()


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


def test_no_clips_are_an_error(tmp_path):
    with pytest.raises(DataError, match="no clips to learn from"):
        fitted(tmp_path, [])


# -- the box rule (ours) ------------------------------------------------------------------------


@given(
    profile=arrays(np.float32, 40, elements=st.floats(0, 1, width=32)).filter(lambda p: p.sum() > 1)
)
def test_extent_is_the_mean_and_deviations_to_both_sides(profile):
    first, last = extent(torch.from_numpy(profile)[None], WIDE)
    at = (np.arange(40) + 0.5) / 20 - 1
    mean = np.average(at, weights=profile)
    deviation = np.average((at - mean) ** 2, weights=profile) ** 0.5
    # At least a pixel's deviation is added, so that no box vanishes.
    assert (first + last).item() / 2 == pytest.approx(mean, abs=1e-4)
    assert deviation <= (last - first).item() / 2 / WIDE + 1e-4 <= deviation + 1 / 40 + 2e-4


def test_one_far_spot_hardly_moves_an_extent():
    """Why moments: the outermost pixel above a threshold would decide otherwise."""
    profile = torch.zeros(1, 40)
    profile[0, 10:20] = 1.0
    clean = extent(profile, WIDE)[1].item()
    profile[0, 38] = 0.1
    assert extent(profile, WIDE)[1].item() - clean < 0.25 < 0.9 - clean


def pulled(box, mask, view, weight=None):
    """The box after following the gradient of `fit` for a while."""
    box = box.clone().requires_grad_()
    optimiser = torch.optim.Adam([box], 0.01)
    for _ in range(300):
        weights = torch.ones(len(box)) if weight is None else weight
        loss = fit(box, mask, view, weights, (0.1, 0.9))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return box.detach()


FILLED = 2 / 12**0.5  # a filled box has the deviation side / sqrt(12)


@pytest.mark.parametrize("start", [(0.4, 0.4, 0.2, 0.2), (0.55, 0.6, 0.7, 0.8)])
@pytest.mark.parametrize("strength", [1.0, 0.4])
def test_a_box_grows_or_shrinks_to_its_mask(start, strength):
    view = torch.tensor([[0.5, 0.5, 0.6, 0.6]])
    mask = torch.zeros(1, 1, 40, 40)
    mask[..., 8:32, 10:20] = strength  # rows 0.32 to 0.68 and columns 0.35 to 0.5 of the image
    box = pulled(torch.tensor([start]), mask, view)
    sides = [0.15 * FILLED * WIDE, 0.36 * FILLED * TALL]
    assert box[0].tolist() == pytest.approx([0.425, 0.5, *sides], abs=0.03)


def test_boxes_of_empty_or_improbable_cells_stay():
    view = torch.tensor([[0.5, 0.5, 0.6, 0.6]])
    start = torch.tensor([[0.4, 0.4, 0.3, 0.3]])
    assert torch.equal(pulled(start, torch.full((1, 1, 40, 40), 0.1), view), start)
    full = torch.ones(1, 1, 40, 40)
    assert torch.equal(pulled(start, full, view, weight=torch.zeros(1)), start)


def test_the_pull_never_reaches_the_mask():
    mask = torch.rand(1, 1, 8, 8, requires_grad=True)
    box = torch.tensor([[0.4, 0.4, 0.3, 0.3]], requires_grad=True)
    fit(box, mask, torch.tensor([[0.5, 0.5, 0.6, 0.6]]), torch.ones(1), (0.1, 0.9)).backward()
    assert mask.grad is None and box.grad.abs().sum() > 0


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


def test_the_pull_sets_in_after_a_share_of_the_training():
    params = ProposalParams(fit_from=0.5, fit_weight=2.0)
    losses = Losses({"fit": torch.tensor(1.0)}, {})
    shares = [losses.total(params, progress).item() for progress in (0.0, 0.5, 0.55, 0.6, 1.0)]
    assert shares == pytest.approx([0, 0, 1, 2, 2])


def test_the_parameters_of_the_paper_train_too(tmp_path):
    """S2 as written: L_fg moves sizes, no pull, masks stretched to 1, the crop is the box."""
    paper = ProposalIS.presets["paper-losses"]
    method = fitted(tmp_path, [clip()], **paper)
    assert len(list(method.predict(clip(), Run(0, tmp_path, TorchDevices())))) == 6
