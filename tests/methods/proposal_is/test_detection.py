"""proposal-is at test time: several objects, and what is drawn of them."""

import numpy as np
import pytest
import torch
from PIL import Image

from selfbench.contracts import Clip, Run
from selfbench.methods.proposal_is import ProposalIS
from selfbench.methods.proposal_is import geometry as g
from selfbench.methods.proposal_is.detection import SHIFT, Found, averaged, choose, find
from selfbench.methods.proposal_is.model import Model
from selfbench.methods.proposal_is.pictures import marks
from selfbench.methods.proposal_is.settings import ProposalParams
from selfbench.methods.proposal_is.silhouette import CUT, EDGE, FAINT, levelled, tight
from selfbench.training.devices import TorchDevices

LEFT, RIGHT = 26, 29  # cells in row 3, columns 2 and 5
QUICK = {"steps": 4, "inpaint_steps": 3, "batch": 4, "size": 64, "crop": 16}


def people(weights, side=0.3):
    """Detector output for one image: p, and boxes that stay at their cells' centres."""
    logits = torch.full((1, 64), -9.0)
    for cell, weight in weights.items():
        logits[0, cell] = torch.tensor(weight).log()
    boxes = g.decode_boxes(torch.zeros(1, 4, 8, 8), (side - 0.1, side + 0.1), 1.0, (side, side))
    return logits.masked_fill(~g.live_cells(), -torch.inf).softmax(1), boxes


def chosen(objects, weights, **more):
    p, boxes = people(weights, **more)
    rows, cells = choose(p, boxes, objects)
    assert (rows == 0).all()
    return cells.tolist()


TWO = {LEFT: 0.4, LEFT + 1: 0.25, RIGHT: 0.2, RIGHT - 8: 0.1}


def test_one_object_is_the_most_probable_cell():
    assert chosen(1, TWO) == [LEFT]


def test_a_second_object_is_not_the_first_ones_neighbour():
    assert chosen(2, TWO) == [LEFT, RIGHT]
    assert chosen(5, TWO) == [LEFT, RIGHT], "and there is no third one"


def test_improbable_cells_are_no_objects():
    assert chosen(2, {LEFT: 0.9, RIGHT: 0.05}) == [LEFT]
    assert chosen(2, {LEFT: 0.8, RIGHT: 0.1}) == [LEFT, RIGHT]


def test_boxes_that_overlap_are_one_object():
    assert chosen(2, {LEFT: 0.6, RIGHT: 0.4}, side=0.6) == [LEFT, RIGHT]
    assert chosen(2, {LEFT: 0.6, RIGHT: 0.4}, side=0.8) == [LEFT]


def test_images_of_a_batch_may_hold_different_numbers():
    both = [people(TWO), people({RIGHT: 0.9, LEFT: 0.01}), people(TWO)]
    p, boxes = (torch.cat(parts) for parts in zip(*both))
    rows, cells = choose(p, boxes, 3)
    assert rows.tolist() == [0, 0, 1, 2, 2]
    assert cells.tolist() == [LEFT, RIGHT, RIGHT, LEFT, RIGHT]


@pytest.fixture
def model():
    """One whose detector sees two people in the first image and one in the second."""
    model = Model(ProposalParams(window=1.0, refine=False)).eval()
    both = [people(TWO), people({RIGHT: 0.9, LEFT: 0.01})]
    p, boxes = (torch.cat(parts) for parts in zip(*both))
    model.propose = lambda image: (boxes, p.log())
    full = lambda image, view: (None, torch.full((len(view), 1, 8, 8), 0.9))  # noqa: E731
    model.segment = full
    return model


def test_masks_of_several_objects_are_one_soft_mask(model):
    found = find(model, torch.zeros(2, 3, 64, 64), 3)
    soft = torch.stack([found.soft(i, (64, 64)) for i in range(2)])
    assert soft.shape == (2, 64, 64) and soft.max() == pytest.approx(0.9)
    at = lambda cell: (slice(None), cell // 8 * 8 + 4, cell % 8 * 8 + 4)  # noqa: E731
    assert soft[at(LEFT)].tolist() == pytest.approx([0.9, 0])
    assert soft[at(RIGHT)].tolist() == pytest.approx([0.9, 0.9])
    assert found.p[found.rows, found.cells].tolist() == pytest.approx([0.42, 0.21, 0.98], abs=0.03)


def test_marks_are_cells_by_probability_and_a_line_to_each_box(model):
    found = find(model, torch.zeros(2, 3, 64, 64), 3)
    drawn = marks(found, 0, 80, 160)
    assert drawn.dots.shape == (36, 3) and drawn.dots[:, 2].sum() == pytest.approx(1)
    x, y, p = drawn.dots[drawn.dots[:, 2].argmax()]
    assert (x, y) == (25, 70) and p == found.p[0].max()
    assert drawn.lines[:, :2].tolist() == [[25, 70], [55, 70]]
    assert drawn.lines[:, 2:] == pytest.approx(np.array([[25, 70], [55, 70]])), "offsets are 0"
    assert len(marks(found, 1, 80, 160).lines) == 1


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


def seeing(views):
    """A model whose masks are what is there."""
    model = Model(ProposalParams(views=views)).eval()
    model.segment = lambda image, view: (None, g.crop(image, view, 24))
    return model


@pytest.mark.parametrize("views", [1, 9])
def test_views_of_the_same_thing_agree(views):
    y, x = torch.meshgrid(torch.arange(64.0), torch.arange(64.0), indexing="ij")
    image = torch.exp(-((x - 30).square() / 40 + (y - 36).square() / 90))[None, None]
    view = torch.tensor([[0.48, 0.55, 0.6, 0.8]])
    canvas, mask = averaged(seeing(views), image, view)
    away = g.paste(mask, canvas, (64, 64)).sub(image).abs().max()
    assert away < 0.04  # resampling: 0.031 by one view and by nine
    assert (canvas == view).all() == (views == 1)


def test_what_one_view_alone_sees_counts_a_ninth():
    image = torch.zeros(1, 1, 64, 64)
    view = torch.tensor([[0.5, 0.5, 0.4, 0.4]])
    corner = round(64 * (0.3 - SHIFT * 0.4)) + 1  # the view that lies furthest up and left
    image[:, :, :corner, :corner] = 1
    canvas, mask = averaged(seeing(9), image, view)
    assert g.paste(mask, canvas, (64, 64)).max() == pytest.approx(1 / 9, rel=0.1)


@pytest.mark.parametrize("width", [128, 1000])  # the latter is shrunk for the CRF
def test_the_crf_draws_a_mask_to_the_edges_of_the_frame(width):
    frame = np.full((width // 2, width, 3), 200, np.uint8)
    truth = np.zeros(frame.shape[:2], bool)
    truth[width // 8 : width * 3 // 8, width * 3 // 8 : width * 5 // 8] = True
    frame[truth] = (30, 60, 90)
    patch = torch.zeros(1, 1, 16, 16)
    patch[..., 3:14, 5:12] = 0.9  # shifted, and smaller
    one = torch.zeros(1, dtype=torch.int64)
    view = torch.tensor([[0.5, 0.5, 0.5, 0.8]])
    found = Found(torch.ones(1, 64), one, one, view, view, patch)

    def overlap(**settings):
        mask = ProposalIS(ProposalParams(**settings))._mask(found, 0, frame)
        assert mask.shape == truth.shape and mask.dtype == np.float32
        return (truth & (mask > 0.5)).sum() / (truth | (mask > 0.5)).sum()

    rough = overlap(crf=False)
    assert rough < 0.85 and overlap() > rough + 0.1


class Frames(list):
    @property
    def names(self):
        return [f"{i:05d}" for i in range(len(self))]


def test_predictions_of_several_objects_and_pictures_of_the_training(tmp_path):
    frames = Frames(np.random.default_rng(0).integers(0, 256, (5, 40, 56, 3), np.uint8))
    method = ProposalIS(ProposalParams(**QUICK, objects=4, picture_every=2))
    run = Run(0, tmp_path, TorchDevices())
    method.fit([Clip("a", frames)], run)
    pictures = sorted((tmp_path / "pictures").iterdir())
    assert [path.name for path in pictures] == ["proposals-000002.png", "proposals-000004.png"]
    assert np.asarray(Image.open(pictures[0])).shape == (3 * 192, 8 * 192, 3)
    predictions = list(method.predict(Clip("a", frames), run))
    drawn = list(method.marks(Clip("a", frames), run))
    assert max(len(p.boxes) for p in predictions) > 1
    for prediction, mark in zip(predictions, drawn, strict=True):
        assert prediction.boxes.shape == (len(prediction.scores), 4) == (len(mark.lines), 4)
        assert (np.diff(prediction.scores) <= 0).all()


def test_pictures_change_nothing(tmp_path):
    frames = Frames(np.random.default_rng(0).integers(0, 256, (5, 40, 56, 3), np.uint8))
    weights = []
    for every in (0, 1):
        (tmp_path / str(every)).mkdir()
        method = ProposalIS(ProposalParams(**QUICK, picture_every=every))
        method.fit([Clip("a", frames)], Run(0, tmp_path / str(every), TorchDevices()))
        weights.append(method.weights())
    assert not (tmp_path / "0" / "pictures").exists()
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])
