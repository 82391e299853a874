"""The paper's networks: shapes, sizes of layers, and that any timm backbone will do."""

import pytest
import torch

from selfbench.errors import UsageError
from selfbench.methods.proposal_is import ProposalIS
from selfbench.methods.proposal_is.backbones import (
    Backbone,
    BackboneSynthesis,
    make_detector,
    make_synthesis,
)
from selfbench.methods.proposal_is.networks import Inpainter
from selfbench.methods.proposal_is.settings import ProposalParams
from selfbench.params import build
from selfbench.training import checkpoint

PAPER = ProposalIS.presets["paper"]


def test_the_detector_of_the_paper_has_8_x_8_cells_without_pooling():
    detector = make_detector(ProposalParams(**PAPER)).eval()
    with torch.inference_mode():
        assert detector.body(torch.zeros(1, 3, 128, 128)).shape == (1, 512, 8, 8)
        boxes, logits = detector(torch.zeros(1, 3, 90, 160))
    assert boxes.shape == (1, 4, 8, 8) and logits.shape == (1, 64)


def test_the_synthesis_network_of_the_paper():
    """The bottleneck is 128 units wide, colour and mask have the crop's size."""
    network = make_synthesis(ProposalParams(**PAPER)).eval()
    assert isinstance(network, BackboneSynthesis)
    assert network.code[-1].in_features == 128 and network.code[-1].out_features == 856
    widths = [m.out_channels for m in network.decoder.modules() if isinstance(m, torch.nn.Conv2d)]
    assert widths == [512] * 3 + [256] * 3 + [128] * 3 + [64] * 3 + [4]
    with torch.inference_mode():
        colour, mask = network(torch.randn(2, 3, 128, 128))
    assert colour.shape == (2, 3, 128, 128) and mask.shape == (2, 1, 128, 128)


@pytest.mark.parametrize("name", ["resnet10t", "mobilenetv3_small_050", "vit_tiny_patch16_224"])
@pytest.mark.parametrize("dilated", [True, False])
def test_any_backbone_of_timm(name, dilated):
    backbone = Backbone(name, dilated).eval()
    with torch.inference_mode():
        maps = backbone(torch.zeros(1, 3, 128, 128))
    assert maps.shape == (1, backbone.channels, 8, 8)


def test_unknown_backbones_get_the_nearest_name():
    with pytest.raises(UsageError, match=r"timm cannot make 'resnet181'.*Did you mean.*resnet18"):
        Backbone("resnet181")


@pytest.mark.parametrize("size", [(360, 640), (45, 70)])
def test_the_inpainter_of_the_paper_takes_any_size(size):
    network = Inpainter((8, 16, 32, 64, 128, 256), 2, True).eval()
    with torch.inference_mode():
        out = network(torch.zeros(1, 3, *size), torch.zeros(1, 1, *size))
    assert out.shape == (1, 3, *size)
    norms = [m for m in network.up.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    assert not norms and len(network.grow) == 5


def test_what_is_frozen_stays_frozen_in_training():
    backbone = Backbone("resnet10t")
    backbone.freeze()
    backbone.train()
    trained = {n.split(".")[0] for n, p in backbone.network.named_parameters() if p.requires_grad}
    assert trained == {"layer3"}
    before = {n: b.clone() for n, b in backbone.network.named_buffers() if "layer2" in n}
    backbone(torch.randn(2, 3, 64, 64))
    after = dict(backbone.network.named_buffers())
    assert all(torch.equal(value, after[name]) for name, value in before.items())


def test_sizes_and_widths_as_typed():
    params = build(
        ProposalParams, {"size": "640x360", "inpainter_widths": "[4, 8,16]"}, "proposal-is"
    )
    assert params.size == (640, 360) and params.inpainter_widths == (4, 8, 16)
    assert build(ProposalParams, {"size": "96"}, "").size == (96, 96)
    assert ProposalParams(size=64).size == (64, 64)
    for wrong in ("640x", "a", "8x8", "1x2x3"):
        with pytest.raises(UsageError, match="size"):
            build(ProposalParams, {"size": wrong}, "proposal-is")


def test_parameters_that_do_not_go_together_are_refused():
    with pytest.raises(UsageError, match=r"^proposal-is: weights=imagenet needs a timm backbone"):
        build(ProposalParams, {"weights": "imagenet"}, "proposal-is")
    with pytest.raises(UsageError, match="latent=32 is too small for encoder=resnet50"):
        build(ProposalParams, {"encoder": "resnet50"}, "proposal-is")


@pytest.mark.parametrize(("schedule", "falls"), [("constant", False), ("cosine", True)])
def test_rates_as_the_paper_has_them(trained, clip, schedule, falls):
    """S has a rate of its own, and its decoder learns at a tenth of that."""
    _, run = trained(
        [clip()], synthesis_rate=2.0, decoder_rate=0.1, schedule=schedule, steps=60, rate=1e-3
    )
    saved = checkpoint.load(run.folder / "checkpoint-proposals.safetensors")
    fast, synthesis, slow = (group["lr"] for group in saved["optimiser"]["param_groups"])
    assert (synthesis, slow) == pytest.approx((2 * fast, 0.2 * fast))
    assert (fast < 1e-4) if falls else (fast == 1e-3)
