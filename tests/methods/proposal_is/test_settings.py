"""Parameters as typed, and those that do not fit together."""

import pytest

from selfbench.errors import UsageError
from selfbench.methods.proposal_is.settings import ProposalParams
from selfbench.params import build


def test_sizes_and_widths_as_typed():
    values = {"size": "640x360", "decoder_widths": "[4, 8,16,2]"}
    params = build(ProposalParams, values, "proposal-is")
    assert params.size == (640, 360) and params.decoder_widths == (4, 8, 16, 2)
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
    with pytest.raises(UsageError, match=r"size_min=0\.6 is not below size_max=0\.5"):
        build(ProposalParams, {"size_min": 0.6, "size_max": 0.5}, "proposal-is")


def test_every_parameter_says_what_it_is():
    fields = ProposalParams.model_fields
    assert list(fields)[:2] == ["size", "statistics"], "networks come first"
    assert all(field.description for field in fields.values())
