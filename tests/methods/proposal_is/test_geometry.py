"""Boxes, T and T^-1: one convention, the dead ring, the focal bump."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from selfbench.methods.proposal_is import ProposalIS
from selfbench.methods.proposal_is import geometry as g
from selfbench.methods.proposal_is.model import Model
from selfbench.methods.proposal_is.settings import ProposalParams
from selfbench.reports.proposal_is_ablations import box_range

LIVE = g.live_cells()
SIDES = st.floats(0.2, 0.8)


def gen(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_the_outer_ring_is_dead():
    grid = LIVE.reshape(8, 8)
    assert int(grid.sum()) == 36
    assert not (grid[0].any() or grid[-1].any() or grid[:, 0].any() or grid[:, -1].any())


def test_boxes_start_in_the_middle_and_stay_within_bounds():
    start = g.decode_boxes(torch.zeros(1, 4, 8, 8), (0.2, 0.8), 1.0, "cell")[0]
    assert torch.allclose(start[:, 2:], torch.tensor(0.5))
    assert torch.allclose(start[9, :2], torch.tensor([1.5 / 8, 1.5 / 8])), "x from the column"
    wild = g.decode_boxes(torch.randn(4, 4, 8, 8, generator=gen()) * 100, (0.2, 0.8), 1.0, "cell")
    assert wild[..., 2:].min() >= 0.2 and wild[..., 2:].max() <= 0.8
    shift = (wild[..., :2] - start[None, :, :2]).abs()
    assert shift.max() <= 1 / 8 + 1e-6, "an offset is at most one cell"


def test_offsets_may_be_in_sides_of_the_box():
    """Katircioglu et al. 2022, 3.6, where the other papers have sides of a cell."""
    raw = torch.zeros(1, 4, 8, 8)
    raw[:, 2] = 20  # as far to the right as may be
    boxes = g.decode_boxes(raw, (0.2, 0.6), 1.5, "box").view(8, 8, 4)
    assert boxes[3, 2].tolist() == pytest.approx([2.5 / 8 + 1.5 * 0.4, 3.5 / 8, 0.4, 0.4])
    inside = g.centred_inside(boxes)
    assert inside[:, 2].all() and not inside[:, 4].any()


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


def test_the_focus_falls_from_one_to_zero():
    bump = g.focus(64)[0, 0]
    assert bump.max() == pytest.approx(1, abs=1e-3) and bump[0, 0] < 0.01
    assert torch.allclose(bump, bump.T) and torch.allclose(bump, bump.flip(0))


def test_the_published_bump():
    """Values of exp(1 - 1/(1 - sqrt(x^4 + y^4))), worked out by hand."""
    bump = g.focus(2000)[0, 0]
    at = lambda x, y: bump[round((y + 1) * 1000 - 0.5), round((x + 1) * 1000 - 0.5)].item()  # noqa: E731
    assert at(0.5, 0) == pytest.approx(0.72, abs=0.01)
    assert at(0.5, 0.5) == pytest.approx(0.58, abs=0.01)
    assert at(0.9, 0) == pytest.approx(0.014, abs=0.002)
    assert bump.mean() == pytest.approx(0.37, abs=0.01)


def test_corners_are_pixels_within_the_image():
    boxes = torch.tensor([[0.5, 0.5, 0.5, 0.5], [0.9, 0.1, 0.4, 0.4]])
    corners = g.to_corners(boxes, 200, 100)
    assert corners.flatten().tolist() == pytest.approx([50, 25, 150, 75, 140, 0, 200, 30])


def test_the_boxes_of_cells_are_picked_image_by_image():
    boxes = torch.arange(2 * 64 * 4.0).view(2, 64, 4)
    picked = g.pick(boxes, torch.tensor([[3, 5], [0, 63]]))
    assert torch.equal(picked, torch.stack([boxes[0, 3], boxes[0, 5], boxes[1, 0], boxes[1, 63]]))


@pytest.mark.parametrize("preset", ["cpu", "paper"])
def test_every_range_of_the_papers_table_gives_boxes(preset):
    """Katircioglu et al. 2022, Table 4."""
    networks = {"detector": "small", "encoder": "small", "weights": "random"}
    for row in box_range.rows:
        values = dict(ProposalIS.presets[preset]) | networks | dict(row.overrides)
        boxes, _ = Model(ProposalParams(**values)).propose(torch.zeros(1, 3, 64, 64))
        low, high = row.overrides["size_min"], row.overrides["size_max"]
        assert (boxes[..., 2:] > low).all() and (boxes[..., 2:] < high).all(), row.label
