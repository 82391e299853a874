"""The box of a mask: its extent by moments, the tight box, and masks by their median."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from selfbench.methods.proposal_stitched.silhouette import (
    CUT,
    EDGE,
    FAINT,
    TALL,
    WIDE,
    extent,
    levelled,
    silhouette,
    tight,
)


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


FILLED = 2 / 12**0.5  # a filled box has the deviation side / sqrt(12)


@pytest.mark.parametrize("strength", [1.0, 0.4])
def test_the_box_of_a_mask_by_its_moments(strength):
    mask = torch.zeros(1, 1, 40, 40)
    mask[..., 8:32, 10:20] = strength  # rows 0.32 to 0.68 and columns 0.35 to 0.5 of the image
    centre, sides, peak = silhouette(mask, torch.tensor([[0.5, 0.5, 0.6, 0.6]]))
    assert centre[0].tolist() == pytest.approx([0.425, 0.5], abs=0.01)
    expected = [0.15 * FILLED * WIDE, 0.36 * FILLED * TALL]
    assert sides[0].tolist() == pytest.approx(expected, abs=0.03)
    assert peak.item() == pytest.approx(strength)


def test_the_tight_box_holds_what_is_not_faint():
    mask = torch.zeros(2, 1, 8, 10)
    mask[0, 0, 2:6, 1:4] = 0.8
    mask[0, 0, 7, 9] = 0.79 * EDGE
    mask[1, 0, 7, 9] = 0.2
    view = torch.tensor([[0.5, 0.5, 0.5, 0.4], [0.5, 0.5, 1.0, 1.0]])
    box, peak = tight(mask, view)
    low, high = box[:, :2] - box[:, 2:] / 2, box[:, :2] + box[:, 2:] / 2
    assert low.flatten().tolist() == pytest.approx([0.25 + 0.05, 0.3 + 0.1, 0.9, 0.875])
    assert high.flatten().tolist() == pytest.approx([0.25 + 0.2, 0.3 + 0.3, 1, 1])
    assert peak.tolist() == pytest.approx([0.8, 0.2])


def test_a_tight_box_ends_with_the_image():
    box, _ = tight(torch.ones(1, 1, 4, 4), torch.tensor([[0.1, 0.9, 0.4, 0.4]]))
    assert box[0].tolist() == pytest.approx([0.15, 0.85, 0.3, 0.3])


def test_masks_are_levelled_by_their_median():
    faint = torch.zeros(1, 1, 8, 8)
    faint[0, 0, :5, :4] = 0.4  # 20 pixels, the median
    faint[0, 0, 5, :4] = 0.4 * CUT  # where the object ends
    faint[0, 0, 6, :4] = 0.9
    mask = levelled(faint)
    assert mask[0, 0, 0, 0] == pytest.approx(0.5 / CUT) and mask[0, 0, 6, 0] == 1
    assert mask[0, 0, 5, 0] == pytest.approx(0.5) and mask[0, 0, 7].max() == 0


def test_nothing_does_not_grow_to_something():
    nothing = torch.rand(3, 1, 8, 8) * FAINT
    assert levelled(nothing).equal(nothing)
    assert levelled(torch.zeros(1, 1, 8, 8)).equal(torch.zeros(1, 1, 8, 8))
