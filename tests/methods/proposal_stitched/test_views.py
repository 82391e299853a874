"""Masks as means over views."""

import pytest
import torch

from selfbench.methods.proposal_is import geometry as g
from selfbench.methods.proposal_is.model import Model
from selfbench.methods.proposal_is.settings import ProposalParams
from selfbench.methods.proposal_stitched.views import SHIFT, averaged


def copying():
    """A model whose masks are the image itself."""
    model = Model(ProposalParams()).eval()
    model.segment = lambda image, view: (None, g.crop(image, view, 24))
    return model


@pytest.mark.parametrize("views", [1, 9])
def test_views_of_the_same_thing_agree(views):
    y, x = torch.meshgrid(torch.arange(64.0), torch.arange(64.0), indexing="ij")
    image = torch.exp(-((x - 30).square() / 40 + (y - 36).square() / 90))[None, None]
    view = torch.tensor([[0.48, 0.55, 0.6, 0.8]])
    canvas, mask = averaged(copying(), image, view, views)
    error = g.paste(mask, canvas, (64, 64)).sub(image).abs().max()
    assert error < 0.04  # resampling: 0.031 by one view and by nine
    assert (canvas == view).all() == (views == 1)


def test_what_one_view_alone_sees_counts_a_ninth():
    image = torch.zeros(1, 1, 64, 64)
    view = torch.tensor([[0.5, 0.5, 0.4, 0.4]])
    corner = round(64 * (0.3 - SHIFT * 0.4)) + 1  # the view that lies furthest up and left
    image[:, :, :corner, :corner] = 1
    canvas, mask = averaged(copying(), image, view, 9)
    assert g.paste(mask, canvas, (64, 64)).max() == pytest.approx(1 / 9, rel=0.1)
