"""Training images: flow follows what is done to them."""

import numpy as np
import pytest
import torch

from selfbench.contracts import Run
from selfbench.errors import DataError
from selfbench.methods.cis.images import Batch, TrainingImages, augmented, to_batch
from selfbench.methods.cis.settings import CISParams
from selfbench.training.devices import TorchDevices
from tests.methods.scenes import moving_square, still


def test_flow_follows_mirror_and_crop():
    image = torch.rand(64, 3, 8, 16)
    flow = torch.ones(64, 2, 8, 16) * torch.tensor([1.0, 2.0]).view(1, 2, 1, 1)
    generator = torch.Generator().manual_seed(0)
    plain = augmented(Batch(image, flow), 1.0, False, generator)
    assert torch.allclose(plain.image, image, atol=1e-5) and torch.allclose(plain.flow, flow)
    turned = augmented(Batch(image, flow), 1.0, True, generator)
    for i in range(64):
        x, y = turned.flow[i, :, 0, 0].sign().tolist()
        sides = [dim for dim, sign in ((2, x), (1, y)) if sign < 0]
        assert torch.allclose(turned.image[i], image[i].flip(sides), atol=1e-5)
    assert len({tuple(f[:, 0, 0].tolist()) for f in turned.flow}) == 4
    cropped = augmented(Batch(image, flow), 0.5, False, generator).flow
    assert (cropped[:, 0] >= 1).all() and (cropped[:, 0] <= 2.001).all()
    assert cropped[:, 0].max() > 1.5


def test_flow_is_in_eighths_of_the_width():
    """A shift by the whole width is 8."""
    frames = np.full((1, 4, 16, 3), 255, np.uint8)
    flow = np.full((1, 4, 16, 2), 16, np.float32)
    batch = to_batch(frames, flow, "width", TorchDevices("cpu"))
    assert batch.image.shape == (1, 3, 4, 16) and batch.flow.shape == (1, 2, 4, 16)
    assert (batch.flow == 8).all() and (batch.image == 0.5).all()


def test_flow_as_the_released_code_scales_it():
    """It computes flow on frames of 640 x 384, and divides by 80 whatever the networks' size."""
    frames = np.full((1, 4, 8, 3), 255, np.uint8)
    flow = np.stack([np.full((1, 4, 8), 8, np.float32), np.full((1, 4, 8), 4, np.float32)], 3)
    scaled = to_batch(frames, flow, "released", TorchDevices("cpu")).flow  # a whole side each way
    assert scaled[0, :, 0, 0].tolist() == pytest.approx([640 / 80, 384 / 80])


def test_only_frames_with_flow_are_drawn(tmp_path):
    clips = [still(1), moving_square(3)[0], still(1)]
    params = CISParams(size=(96, 72), reach=1)
    images = TrainingImages(clips, params, Run(0, tmp_path, TorchDevices("cpu")))
    assert images.with_flow.tolist() == [1, 2, 3]
    batch = images.batch(4, torch.Generator().manual_seed(0), TorchDevices("cpu"))
    assert batch.image.shape == (4, 3, 72, 96) and batch.flow.shape == (4, 2, 72, 96)


def test_single_images_are_refused(tmp_path):
    with pytest.raises(DataError, match="none of the 2 training clips has two frames"):
        TrainingImages([still(1), still(1)], CISParams(), Run(0, tmp_path, TorchDevices("cpu")))
