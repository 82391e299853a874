"""Training images with what differs from their background."""

import numpy as np
import torch

from selfbench.contracts import Run
from selfbench.methods.proposal_stitched.images import StitchedImages
from selfbench.methods.proposal_stitched.settings import StitchedParams
from selfbench.training.devices import TorchDevices
from tests.methods.scenes import noise


def clip_with_a_box():
    empty = np.full((40, 56, 3), 100, np.uint8)
    clip = noise(count=3, value=100, background=empty)
    for frame in clip.frames:
        frame[10:30, 10:30] = 250
    return clip


def batch_of(clip, tmp_path, **more):
    params = StitchedParams(size=(56, 40), recolour=0, **more)
    images = StitchedImages([clip], params, Run(0, tmp_path, TorchDevices("cpu")))
    return images.batch(2, torch.Generator().manual_seed(0), TorchDevices("cpu"))


def test_mattes_are_what_differs_from_a_known_background(tmp_path):
    batch = batch_of(clip_with_a_box(), tmp_path, known_background=True)
    assert batch.known.all() and batch.matte.shape == (2, 1, 40, 56)
    assert batch.matte.sum() == 2 * 20 * 20 and batch.matte.amax() == 1
    assert torch.allclose(batch.image[..., 0, 0], batch.background[..., 0, 0])


def test_without_a_background_there_is_no_matte(tmp_path):
    batch = batch_of(noise(), tmp_path)
    assert batch.background is None and not hasattr(batch, "matte")
