"""proposal-is as a method: predictions, marks, weights, the CRF."""

import numpy as np
import pytest
import torch

from selfbench.errors import DataError
from selfbench.methods.proposal_is import ProposalIS
from selfbench.methods.proposal_is.detection import Detections
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


def test_the_parameters_of_the_paper_train_too(trained):
    """As written: L_fg moves sizes, no pull, masks stretched to 1, the crop is the box."""
    method, run = trained([noise()], **ProposalIS.presets["paper-losses"])
    assert len(list(method.predict(noise(), run))) == 6


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
    detections = Detections(torch.ones(1, 64), one, one, view, view, patch)

    def overlap(**settings):
        mask = ProposalIS(ProposalParams(**settings))._mask(detections, 0, frame)
        assert mask.shape == truth.shape and mask.dtype == np.float32
        return (truth & (mask > 0.5)).sum() / (truth | (mask > 0.5)).sum()

    rough = overlap(crf=False)
    assert rough < 0.85 and overlap() > rough + 0.1


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
