"""proposal-is on several processes, and no tensor on the wrong device (without a GPU)."""

import pickle

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.overrides import TorchFunctionMode

from selfbench.contracts import Run
from selfbench.errors import UsageError
from selfbench.methods.proposal_is import ProposalIS
from selfbench.methods.proposal_is.images import Batch, TrainingImages
from selfbench.methods.proposal_is.inpainting import random_holes
from selfbench.methods.proposal_is.model import Model
from selfbench.methods.proposal_is.networks import Inpainter, Inpainters, RandomFeatures
from selfbench.methods.proposal_is.settings import ProposalParams
from selfbench.training.devices import TorchDevices
from selfbench.training.log import read_log

SIZES = {"steps": 3, "inpaint_steps": 2, "batch": 4, "crop": 16}
SIZES |= {"flow": "dis", "size": (64, 48), "picture_every": 2}


class Numbers(TorchFunctionMode):
    """Tensors without values have no numbers and take no noise: gives some."""

    def __torch_function__(self, function, types, args=(), kwargs=None):
        if function in (torch.Tensor.__float__, torch.Tensor.item, torch.Tensor.__int__):
            return 36 if function is torch.Tensor.__int__ else 1.0
        if function is torch.Tensor.exponential_:
            return args[0]
        return function(*args, **(kwargs or {}))


def on_gpu(module):
    """Move a network of fake tensors; `Module.to` cannot."""
    for part in module.modules():
        for name, value in part._parameters.items():
            if value is not None:
                moved = value.detach().to("cuda")
                part._parameters[name] = torch.nn.Parameter(moved, value.requires_grad)
        for name, value in part._buffers.items():
            if value is not None:
                part._buffers[name] = value.to("cuda")
    return module


@pytest.mark.parametrize("sampler", ["importance", "uniform", "gumbel", "reinforce-baseline"])
@pytest.mark.parametrize(
    "more",
    [
        {"cell_prior": "sampled-l2", "offset_unit": "box"},
        {},
        {"gradients": "joint"},
        {"gradients": "joint", "proposal": "single"},
    ],
)
def test_every_tensor_is_where_it_belongs(sampler, more):
    """torch's fake tensors have devices but no values; mixing devices raises as on a GPU."""
    params = ProposalParams(sampler=sampler, **more)
    with FakeTensorMode(), Numbers():
        image = torch.empty(3, 3, 64, 64, device="cuda")
        with pytest.raises(RuntimeError, match="same device"):
            _ = torch.zeros(3, 3, 64, 64) + image
        model, inpainter = on_gpu(Model(params)), on_gpu(Inpainter())
        features = on_gpu(RandomFeatures(torch.Generator()))
        hidden = random_holes(3, (64, 64), torch.Generator(), image.device)
        assert inpainter(image, hidden).device.type == "cuda"
        both = Inpainters(inpainter, inpainter)
        losses = model.losses(Batch(image, flow=image), both, features, torch.Generator())
        assert losses.total().device.type == "cuda"
        assert {value.device.type for value in losses.monitored.values()} == {"cuda"}
        without = model.losses(Batch(image, image), Inpainters(), features, torch.Generator())
        assert {term.device.type for term in without.terms.values()} == {"cuda"}


def test_images_travel_as_the_name_of_their_file(tmp_path, clip):
    images = TrainingImages(
        [clip(count=50)], ProposalParams(flow="dis"), Run(0, tmp_path, TorchDevices())
    )
    sent = pickle.dumps(images)
    assert len(sent) < 4000 < images.frames.nbytes
    back = pickle.loads(sent)
    assert (back.frames == images.frames).all() and isinstance(back.frames, type(images.frames))
    generators = (torch.Generator().manual_seed(0) for _ in range(2))
    here, there = (
        each.batch(4, generator, TorchDevices("cpu"))
        for each, generator in zip((images, back), generators, strict=True)
    )
    assert torch.equal(here.image, there.image) and torch.equal(here.flow, there.flow)


@pytest.mark.slow
def test_two_processes_train_and_resume(tmp_path, clip, check):
    """A training that ends after its inpainter goes on and ends in the same weights."""
    run = Run(0, tmp_path, devices=TorchDevices("cpu", 2))
    weights = []
    for _ in range(2):
        method = ProposalIS(ProposalParams(**SIZES))
        method.fit([clip()], run)
        weights.append(method.weights())
        (tmp_path / "checkpoint-proposals.safetensors").unlink()
    assert [path.name for path in (tmp_path / "pictures").iterdir()] == ["proposals-000002.png"]
    assert all(torch.equal(value, weights[1][name]) for name, value in weights[0].items())
    rows = [(row["stage"], row["step"], row["name"]) for row in read_log(tmp_path)]
    assert len(rows) == len(set(rows)), "no line twice"
    check(method, clip(), run)
    assert run.devices.describe() == "2 x cpu"


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_gpu_starts_like_the_cpu(tmp_path, clip, check):
    """The same draws and the same weights: the first losses agree, up to bf16."""
    first = {}
    for kind in ("cpu", "cuda"):
        (tmp_path / kind).mkdir()
        method = ProposalIS(ProposalParams(**SIZES))
        run = Run(0, tmp_path / kind, devices=TorchDevices(kind, 1))
        method.fit([clip()], run)
        check(method, clip(), run)
        assert len(list(method.marks(clip(), run))) == len(clip().frames)
        rows = [row for row in read_log(run.folder) if row["stage"] == "inpainter"]
        first[kind] = float(rows[0]["value"])
    assert first["cuda"] == pytest.approx(first["cpu"], rel=0.03)


def test_a_batch_that_cannot_be_shared_is_refused(tmp_path, clip):
    class Joined:
        global_rank, world_size = 0, 3

    devices = TorchDevices("cpu", 3, Joined())
    images = TrainingImages([clip()], ProposalParams(), Run(0, tmp_path, TorchDevices()))
    with pytest.raises(UsageError, match="batch of 16 cannot be shared by 3 devices"):
        images.batch(16, torch.Generator(), devices)
