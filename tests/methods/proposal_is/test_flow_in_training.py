"""proposal-is with optical flow: where its loss leads, that it trains, that single images do."""

import cv2
import numpy as np
import pytest
import torch

from selfbench.contracts import Clip, Run
from selfbench.methods.proposal_is import ProposalIS
from selfbench.methods.proposal_is import geometry as g
from selfbench.methods.proposal_is.images import Batch, FlowImages
from selfbench.methods.proposal_is.model import Losses, Model
from selfbench.methods.proposal_is.networks import Inpainter, Inpainters, RandomFeatures
from selfbench.methods.proposal_is.settings import ProposalParams
from selfbench.training.devices import TorchDevices
from selfbench.training.log import read_log

QUICK = {"steps": 4, "inpaint_steps": 3, "batch": 4, "size": 64, "crop": 16, "flow": "dis"}


class Frames(list):
    @property
    def names(self):
        return [f"{i:05d}" for i in range(len(self))]


def square_to_the_right(count=6, background=None):
    """A textured square that moves three pixels a frame over a still texture."""
    rng = np.random.default_rng(0)
    small = rng.integers(0, 256, (24, 32, 3), np.uint8)
    scene = cv2.resize(small, (128, 96), interpolation=cv2.INTER_CUBIC)
    frames = []
    for t in range(count):
        frame = scene.copy()
        frame[30:60, 20 + 3 * t : 50 + 3 * t] = scene[60:90, 80:110]
        frames.append(frame)
    return Clip("a", Frames(frames), background=background)


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


@pytest.mark.parametrize(("given", "wanted"), [({}, 0.3), ({"flow_weight": 2.0}, 2.0)])
def test_the_flow_loss_weighs_as_much_as_that_on_images_unless_told(given, wanted):
    params = ProposalParams(background=0.3, **given)
    total = Losses({"flow": torch.tensor(1.0)}, {}).total(params, 0)
    assert total.item() == pytest.approx(wanted)


def test_flow_images_are_white_but_for_what_moves(tmp_path):
    run = Run(0, tmp_path, TorchDevices())
    images = FlowImages([square_to_the_right()], "dis", ProposalParams(), run)
    mean, std = (part[:, None, None] for part in (images.normalise.mean, images.normalise.std))
    seen, mirrored = (
        mean + std * images.pick(np.array([2]), np.array([flip]), run.devices)[0]
        for flip in (False, True)
    )
    assert (seen[:, :12] > 0.95).all() and (seen[:, 50:] > 0.95).all()
    assert seen[0, 30, 19] > seen[2, 30, 19] + 0.3, "red: to the right"
    assert mirrored[2, 30, 63 - 19] > mirrored[0, 30, 63 - 19] + 0.3, "blue: to the left"


@pytest.mark.parametrize("known", [False, True])
def test_training_with_flow_and_prediction_without(tmp_path, known, monkeypatch):
    empty = np.zeros((96, 128, 3), np.uint8) if known else None
    method = ProposalIS(ProposalParams(**QUICK))
    method.fit([square_to_the_right(background=empty)], Run(0, tmp_path, TorchDevices()))
    terms = {(row["stage"], row["name"]) for row in read_log(tmp_path)}
    assert {("inpainter-flow", "inpainting"), ("proposals", "flow")} <= terms
    assert (("inpainter", "inpainting") in terms) != known
    monkeypatch.setattr("selfbench.vision.flow.estimators.dis", None)
    single = Clip("b", Frames(square_to_the_right(1).frames))
    (found,) = method.predict(single, Run(0, tmp_path, TorchDevices()))
    assert found.boxes.shape == (1, 4)


def test_raft_is_supervision():
    assert ProposalIS(ProposalParams(flow="dis")).supervision == ()
    assert "RAFT" in ProposalIS(ProposalParams(flow="raft")).supervision[0]
