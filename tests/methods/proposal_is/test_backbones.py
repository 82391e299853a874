"""The paper's networks around backbones: shapes, and that any timm backbone will do."""

import pytest
import torch

from selfbench.errors import UsageError
from selfbench.methods.proposal_is import ProposalIS
from selfbench.methods.proposal_is.backbones import (
    Backbone,
    BackboneFeatures,
    BackboneSynthesis,
    make_detector,
    make_synthesis,
)
from selfbench.methods.proposal_is.settings import ProposalParams

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


def test_the_synthesis_network_of_2020():
    network = make_synthesis(ProposalParams(**ProposalIS.presets["s1"])).eval()
    assert network.code[-1].out_features == 728 and network.spread[0].in_features == 600
    widths = [m.out_channels for m in network.decoder.modules() if isinstance(m, torch.nn.Conv2d)]
    assert widths == [256] * 3 + [128] * 3 + [64] * 3 + [32] * 3 + [4]
    with torch.inference_mode():
        assert network(torch.randn(2, 3, 128, 128))[1].shape == (2, 1, 128, 128)


def test_features_are_the_first_three_levels_of_a_resnet_and_fixed():
    network = BackboneFeatures("resnet10t")
    maps = network(torch.zeros(1, 3, 64, 64))
    assert [m.shape[-1] for m in maps] == [32, 16, 8]
    assert not any(p.requires_grad for p in network.parameters()) and not network.training
