"""At test time: several objects."""

import pytest
import torch

from selfbench.methods.proposal_is.detection import choose, detect
from tests.methods.proposal_is.people import LEFT, RIGHT, TWO, people


def chosen(objects, weights, **more):
    p, boxes = people(weights, **more)
    image_index, cells = choose(p, boxes, objects)
    assert (image_index == 0).all()
    return cells.tolist()


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
    image_index, cells = choose(p, boxes, 3)
    assert image_index.tolist() == [0, 0, 1, 2, 2]
    assert cells.tolist() == [LEFT, RIGHT, RIGHT, LEFT, RIGHT]


def test_masks_of_several_objects_are_one_soft_mask(two_people):
    detections = detect(two_people, torch.zeros(2, 3, 64, 64), 3)
    soft = torch.stack([detections.soft_mask(i, (64, 64)) for i in range(2)])
    assert soft.shape == (2, 64, 64) and soft.max() == pytest.approx(0.9)
    at = lambda cell: (slice(None), cell // 8 * 8 + 4, cell % 8 * 8 + 4)  # noqa: E731
    assert soft[at(LEFT)].tolist() == pytest.approx([0.9, 0])
    assert soft[at(RIGHT)].tolist() == pytest.approx([0.9, 0.9])
    scores = detections.p[detections.image_index, detections.cells]
    assert scores.tolist() == pytest.approx([0.42, 0.21, 0.98], abs=0.03)
