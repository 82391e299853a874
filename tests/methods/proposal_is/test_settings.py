"""Parameters as typed, and those that do not fit together."""

import pytest

from selfbench.errors import UsageError
from selfbench.methods.proposal_is.settings import ProposalParams
from selfbench.params import build


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


@pytest.mark.parametrize("value", ["1", 9])
def test_the_number_of_views_may_be_text(value):
    assert build(ProposalParams, {"views": value}, "proposal-is").views == int(value)


@pytest.mark.parametrize("value", ["3", "all", 2])
def test_other_numbers_of_views_are_refused(value):
    with pytest.raises(UsageError, match=r"views=.* is refused: input should be 1 or 9"):
        build(ProposalParams, {"views": value}, "proposal-is")


def test_every_parameter_says_what_it_is():
    fields = ProposalParams.model_fields
    assert list(fields)[:2] == ["size", "statistics"], "networks come first"
    assert all(field.description for field in fields.values())
