"""proposal-stitched as a method: other frames instead of an inpainter, refinement, the CRF."""

import numpy as np
import pytest
import torch

from selfbench.contracts import Run
from selfbench.methods.proposal_is.detection import Detections
from selfbench.methods.proposal_stitched import ProposalStitched
from selfbench.methods.proposal_stitched.settings import StitchedParams
from selfbench.training.devices import TorchDevices
from tests.methods.proposal_is.predictions import check_predictions
from tests.methods.scenes import noise, square_to_the_right

QUICK = {"steps": 2, "inpaint_steps": 2, "batch": 4, "crop": 16}


def trained(clips, folder, progress=lambda text: None, **more):
    folder.mkdir(exist_ok=True)
    method = ProposalStitched(StitchedParams(**(QUICK | more)))
    run = Run(0, folder, TorchDevices(), progress)
    method.fit(clips, run)
    return method, run


def test_other_frames_replace_the_inpainter_where_they_show_enough(tmp_path):
    lines = []
    trained([noise()], tmp_path / "a", lines.append)  # no two frames of noise match
    assert (tmp_path / "a" / "checkpoint-inpainter.safetensors").exists()
    assert any("an inpainter is trained" in line for line in lines)
    trained([square_to_the_right(12)], tmp_path / "b")
    assert not (tmp_path / "b" / "checkpoint-inpainter.safetensors").exists()


@pytest.mark.parametrize("more", [{}, {"refine": False, "views": 1, "crf": False}])
@pytest.mark.parametrize("clip", [noise, square_to_the_right])
def test_it_trains_and_predicts(tmp_path, clip, more):
    method, run = trained([clip(12)], tmp_path, **more)
    check_predictions(method, clip(12), run)


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
        mask = ProposalStitched(StitchedParams(**settings)).mask(detections, 0, frame)
        assert mask.shape == truth.shape and mask.dtype == np.float32
        return (truth & (mask > 0.5)).sum() / (truth | (mask > 0.5)).sum()

    rough = overlap(crf=False)
    assert rough < 0.85 and overlap() > rough + 0.1
