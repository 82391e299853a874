"""What is drawn of a training, and of how a box was chosen."""

import numpy as np
import pytest
import torch
from PIL import Image

from selfbench.methods.proposal_is.detection import detect
from selfbench.methods.proposal_is.pictures import FRAMES, TILE, marks
from tests.methods.scenes import noise


def test_marks_are_cells_by_probability_and_a_line_to_each_box(two_people):
    detections = detect(two_people, torch.zeros(2, 3, 64, 64), 3)
    drawn = marks(detections, 0, 80, 160)
    assert drawn.dots.shape == (36, 3) and drawn.dots[:, 2].sum() == pytest.approx(1)
    x, y, p = drawn.dots[drawn.dots[:, 2].argmax()]
    assert (x, y) == (25, 70) and p == detections.p[0].max()
    assert drawn.lines[:, :2].tolist() == [[25, 70], [55, 70]]
    assert drawn.lines[:, 2:] == pytest.approx(np.array([[25, 70], [55, 70]])), "offsets are 0"
    assert len(marks(detections, 1, 80, 160).lines) == 1


def test_pictures_of_the_training_change_nothing(trained, tmp_path):
    weights = []
    for every in (0, 2):
        method, _ = trained(
            [noise(count=5)], folder=tmp_path / str(every), picture_every=every, steps=4
        )
        weights.append(method.weights())
    assert not (tmp_path / "0" / "pictures").exists()
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])
    pictures = sorted((tmp_path / "2" / "pictures").iterdir())
    assert [path.name for path in pictures] == ["proposals-000002.png", "proposals-000004.png"]
    assert np.asarray(Image.open(pictures[0])).shape == (3 * TILE, FRAMES * TILE, 3)
