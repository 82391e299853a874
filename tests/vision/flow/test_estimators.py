"""Flow of a known motion, with and without the camera's part of it."""

from urllib.error import URLError

import numpy as np
import pytest
import torch

from selfbench.errors import DataError
from selfbench.training.devices import TorchDevices
from selfbench.vision.flow import estimators
from selfbench.vision.flow.estimators import dis, estimator, raft, shrunk, stabilised
from selfbench.vision.homographies import describe
from tests.vision.scenes import CAMERA, H, W, scene


def test_the_cameras_motion_is_taken_out():
    source, target = describe(scene()), describe(scene(CAMERA, (11, -7)))
    flow = stabilised(source, target, dis)
    # Where the square goes, as the first frame shows it: its place in the second, brought back.
    centre = np.linalg.inv(CAMERA) @ [60 + 11 + 20, 40 - 7 + 20, 1]
    expected = centre[:2] / centre[2] - [80, 60]
    inside = flow[50:70, 70:90].reshape(-1, 2)
    assert np.median(inside, axis=0) == pytest.approx(expected, abs=0.5)
    background = np.ones((H, W), bool)
    background[20:100, 40:125] = False
    assert np.linalg.norm(flow[background], axis=1).mean() < 0.25
    plain = dis(source.image, target.image)
    assert np.linalg.norm(plain[background], axis=1).mean() > 3, "the camera did move"


def test_without_texture_the_camera_stands_still():
    blank = describe(np.full((H, W, 3), 90, np.uint8))
    assert np.abs(stabilised(blank, blank, dis)).max() < 0.1


@pytest.mark.parametrize("size", [(7, 9), (40, 1), (31, 200)])
def test_dis_takes_small_images(size):
    image = np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)
    flow = dis(image, image)
    assert flow.shape == (*size, 2) and flow.dtype == np.float32


@pytest.mark.parametrize(
    ("size", "longest", "shrunk_size"),
    [((480, 854), 320, (180, 320)), ((854, 480), 320, (320, 180)), ((40, 30), 320, (40, 30)),
     ((1, 1000), 10, (1, 10))],
)  # fmt: skip
def test_frames_are_shrunk_by_their_longer_side_and_never_enlarged(size, longest, shrunk_size):
    assert shrunk(np.zeros((*size, 3), np.uint8), longest).shape == (*shrunk_size, 3)


def test_the_estimator_of_a_kind(monkeypatch):
    devices = TorchDevices("cpu")
    assert estimator("dis", devices) is dis
    monkeypatch.setattr(estimators, "raft", lambda source, target, device: (source, device))
    assert estimator("raft", devices)(1, 2) == (1, devices.device)


def test_raft_without_weights_says_what_to_do(monkeypatch):
    from torchvision.models import optical_flow

    def unreachable(**_):
        raise URLError("no network")

    estimators._raft.cache_clear()
    monkeypatch.setattr(optical_flow, "raft_large", unreachable)
    with pytest.raises(DataError, match=r"raft_large_C_T_V2\S+\.pth .*--set flow=dis"):
        raft(scene(), scene(), torch.device("cpu"))


def test_raft_gives_flow_of_the_frames_size(monkeypatch):
    from torchvision.models.optical_flow import raft_small

    torch.manual_seed(0)
    network = raft_small(weights=None).eval()
    monkeypatch.setattr(estimators, "_raft", lambda device: network)
    flow = raft(scene()[:50], scene()[:50], torch.device("cpu"))
    assert flow.shape == (50, W, 2) and flow.dtype == np.float32 and np.isfinite(flow).all()
