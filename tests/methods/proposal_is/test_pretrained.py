"""What training starts from, and that the record says what it really was."""

import pytest
import timm
import torch
from safetensors.torch import save_file

from selfbench.errors import DataError, UsageError
from selfbench.methods.proposal_is import ProposalIS, pretrained
from selfbench.methods.proposal_is.backbones import Backbone
from selfbench.methods.proposal_is.model import Model
from selfbench.methods.proposal_is.pretrained import Start, fetch, initialise
from selfbench.methods.proposal_is.settings import ProposalParams

SMALL_RESNET = {"encoder": "resnet10t", "latent": 264, "crop": 32}
SMALL_RESNET |= {"steps": 1, "inpaint_steps": 1, "batch": 2}


@pytest.fixture
def dead(monkeypatch):
    """No network, and nothing in timm's cache."""
    import huggingface_hub

    class Dead:
        def head(self, url, timeout):
            assert timeout <= 10, "a server that cannot be reached is given up soon"
            raise OSError("no route to host")

    monkeypatch.delenv("SELFBENCH_WEIGHTS", raising=False)
    monkeypatch.setattr(huggingface_hub, "get_session", Dead)
    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda *names: None)


@pytest.fixture
def online(monkeypatch, tmp_path):
    """As if timm's files had been fetched; they hold a value that is recognised."""

    def file(name):
        path = tmp_path / f"{name}.safetensors"
        model = timm.create_model(name)
        save_file({k: torch.full_like(v, 0.25) for k, v in model.state_dict().items()}, path)
        return path

    monkeypatch.setattr(pretrained, "imagenet_file", file)


def test_weights_that_cannot_be_had_are_an_error_with_a_way_out(dead, trained, clip):
    for more in ({"weights": "imagenet"}, {"features": "resnet18"}):
        with pytest.raises(DataError, match=r"ImageNet weights of resnet\d+t? .*SELFBENCH_WEIGHTS"):
            trained([clip()], **SMALL_RESNET, **more)


def test_a_folder_of_weights_is_looked_at_first(dead, monkeypatch, tmp_path):
    monkeypatch.setenv("SELFBENCH_WEIGHTS", str(tmp_path))
    with pytest.raises(DataError, match="neither in timm's cache"):
        pretrained.imagenet_file("resnet18")
    (tmp_path / "resnet18.pth").touch()
    assert pretrained.imagenet_file("resnet18") == tmp_path / "resnet18.pth"
    (tmp_path / "resnet18.safetensors").touch()
    assert pretrained.imagenet_file("resnet18") == tmp_path / "resnet18.safetensors"


@pytest.mark.slow
def test_imagenet_weights_are_used_and_declared(online, trained, clip):
    more = SMALL_RESNET | {"weights": "imagenet", "features": "resnet10t"}
    method, _ = trained([clip()], **more)
    assert method.supervision == ("ImageNet weights (resnet10t)",)
    network = method._model.synthesis.encoder.network
    # One step of Adam moves a weight by its rate at most.
    assert (network.layer3[0].conv1.weight - 0.25).abs().max() < 0.01


def test_unknown_networks_are_named():
    with pytest.raises(UsageError, match=r"timm knows no model 'resnet19'.*Did you mean"):
        pretrained.imagenet_file("resnet19")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["pth", "safetensors"])
def test_a_self_supervised_start_gives_what_fits(tmp_path, kind, trained, clip):
    target = Backbone("resnet10t").network.state_dict()
    given = {f"module.encoder_q.{k}": torch.full_like(v, 0.5) for k, v in target.items()}
    given["module.encoder_q.conv1.0.weight"] = torch.zeros(3)  # another shape
    given["fc.weight"] = torch.zeros(3)
    path = tmp_path / f"start.{kind}"
    torch.save({"state_dict": given}, path) if kind == "pth" else save_file(given, path)
    said = []
    params = ProposalParams(**SMALL_RESNET, weights=str(path))
    _, run = trained([clip()], said.append, **SMALL_RESNET, weights=str(path))
    assert f"{len(target) - 1} of {len(target)} tensors of resnet10t from {path}" in said
    model = Model(params)
    initialise(fetch(params, run), model)
    weights = model.synthesis.encoder.network.state_dict()
    assert (weights["layer1.0.conv1.weight"] == 0.5).all()
    assert (weights["conv1.0.weight"] != 0).any()
    assert ProposalIS(params).supervision == (f"weights of {path}",)


def test_files_that_hold_nothing_of_use_are_refused(tmp_path, trained, clip):
    cases = {
        "other.pth": (lambda path: torch.save({"a": torch.zeros(3)}, path), "holds no tensor"),
        "tensor.pth": (lambda path: torch.save(torch.zeros(3), path), "holds a Tensor"),
        "broken.pth": (lambda path: path.write_bytes(b"no weights"), "cannot be read as weights"),
        "gone.pth": (lambda path: None, "there is no such file"),
    }
    for name, (write, message) in cases.items():
        write(tmp_path / name)
        with pytest.raises(DataError, match=message):
            trained([clip()], **SMALL_RESNET, weights=str(tmp_path / name))


def test_a_random_start_changes_nothing():
    params = ProposalParams()
    model = Model(params)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    initialise(Start(), model)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
