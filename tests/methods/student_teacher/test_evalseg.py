"""EvalSeg-Net learns which masks are near the ensemble's."""

import numpy as np
import pytest
import torch

from selfbench.contracts import Run
from selfbench.methods.student_teacher.evalseg import score_all, train_evalseg
from selfbench.methods.student_teacher.settings import StudentTeacherParams
from selfbench.training.devices import TorchDevices
from selfbench.training.log import read_log

PARAMS = StudentTeacherParams(
    size=32, low_size=16, conv_width=8, evalseg_steps=60, batch=8, evalseg_rate=0.003
)


@pytest.fixture
def masks():
    """Of two students: a good one and one whose masks are elsewhere; the last frame is empty."""
    good = np.zeros((6, 40, 40), np.uint8)
    good[:5, 10:30, 10:30] = 255
    poor = np.zeros((6, 40, 40), np.uint8)
    poor[:5, 10:16, 10:16], poor[:5, 30:38, 30:38] = 255, 255
    return good, poor


def test_scores_follow_the_similarity_to_multi_net(tmp_path, masks):
    torch.manual_seed(0)
    frames = np.random.default_rng(0).integers(0, 256, (6, 40, 40, 3), np.uint8)
    run = Run(0, tmp_path, TorchDevices("cpu"))
    network = train_evalseg(frames, masks, 2, PARAMS, run)
    assert not network.training
    log = read_log(tmp_path)
    assert {row["stage"] for row in log} == {"generation-2-evalseg-net"}
    losses = [float(row["value"]) for row in log if row["name"] == "loss"]
    assert losses[-1] < losses[0]
    scores = score_all(network, frames, masks, PARAMS, run)
    assert scores.shape == (2, 6)
    assert np.isneginf(scores[:, 5]).all() and np.isfinite(scores[:, :5]).all()
    # Multi-Net keeps 36 pixels, of 400 of the good student's and 100 of the other's.
    assert scores[0, :5].mean() < scores[1, :5].mean()
