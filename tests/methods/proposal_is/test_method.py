"""proposal-is as a method: predictions, marks, weights."""

import numpy as np
import pytest

from selfbench.errors import DataError
from selfbench.methods.proposal_is import ProposalIS
from selfbench.methods.proposal_is.settings import ProposalParams
from tests.methods.scenes import noise


def test_predictions_have_the_frames_size_and_boxes_in_it(trained):
    method, run = trained([noise()])
    predictions = list(method.predict(noise(count=35, height=30, width=70), run))
    assert len(predictions) == 35
    for p in predictions:
        assert p.mask.shape == (30, 70) and p.mask.min() >= 0 and p.mask.max() <= 1
        x0, y0, x1, y1 = p.boxes[0]
        assert 0 <= x0 < x1 <= 70 and 0 <= y0 < y1 <= 30 and 0 < p.scores[0] <= 1


def test_weights_give_the_same_predictions(trained):
    method, run = trained([noise()])
    other = ProposalIS(method.params)
    other.load_weights({name: np.asarray(value) for name, value in method.weights().items()})
    a, b = (list(m.predict(noise(), run)) for m in (method, other))
    assert all((x.mask == y.mask).all() and (x.boxes == y.boxes).all() for x, y in zip(a, b))


def test_weights_of_another_architecture_are_refused(trained):
    weights = trained([noise()])[0].weights()
    other = ProposalIS(ProposalParams(crop=16, latent=7))
    with pytest.raises(DataError, match="do not fit proposal-is"):
        other.load_weights({name: np.asarray(value) for name, value in weights.items()})


def test_no_clips_are_an_error(trained):
    with pytest.raises(DataError, match="no clips to learn from"):
        trained([])


def test_predictions_and_marks_of_several_objects(trained):
    method, run = trained([noise(count=5)], objects=4)
    predictions = list(method.predict(noise(count=5), run))
    drawn = list(method.marks(noise(count=5), run))
    assert max(len(p.boxes) for p in predictions) > 1
    for prediction, mark in zip(predictions, drawn, strict=True):
        assert prediction.boxes.shape == (len(prediction.scores), 4) == (len(mark.lines), 4)
        assert (np.diff(prediction.scores) <= 0).all()


def test_raft_is_supervision():
    assert ProposalIS(ProposalParams(flow="dis")).supervision == ()
    assert "RAFT" in ProposalIS(ProposalParams(flow="raft")).supervision[0]
