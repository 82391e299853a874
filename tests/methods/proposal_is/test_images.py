"""Training images: normalised, mirrored, with mattes and flow as colours."""

import numpy as np
import pytest
import torch

from selfbench.contracts import Run
from selfbench.errors import DataError
from selfbench.methods.proposal_is.images import FlowImages, Normaliser, TrainingImages
from selfbench.methods.proposal_is.settings import ProposalParams
from selfbench.training.devices import TorchDevices
from selfbench.training.frame_cache import cached_frames
from tests.methods.scenes import noise, square_to_the_right


def test_flow_images_are_white_but_for_what_moves(tmp_path):
    run = Run(0, tmp_path, TorchDevices())
    resized = cached_frames([square_to_the_right()], 64, 64, tmp_path)
    images = FlowImages(resized, "dis", ProposalParams(), run)
    mean, std = (part[:, None, None] for part in (images.normalise.mean, images.normalise.std))
    plain, mirrored = (
        mean + std * images.pick(np.array([2]), np.array([flip]), run.devices)[0]
        for flip in (False, True)
    )
    assert (plain[:, :12] > 0.95).all() and (plain[:, 50:] > 0.95).all()
    assert plain[0, 30, 19] > plain[2, 30, 19] + 0.3, "red: to the right"
    assert mirrored[2, 30, 63 - 19] > mirrored[0, 30, 63 - 19] + 0.3, "blue: to the left"


def test_normalised_images_have_mean_0_and_deviation_1():
    frames = np.random.default_rng(0).integers(0, 200, (4, 20, 30, 3), np.uint8)
    image = Normaliser.of(frames)(frames, TorchDevices("cpu"))
    assert image.shape == (4, 3, 20, 30)
    assert image.mean(dim=(0, 2, 3)).tolist() == pytest.approx([0, 0, 0], abs=1e-3)
    assert image.std(dim=(0, 2, 3)).tolist() == pytest.approx([1, 1, 1], abs=1e-2)
    black = np.zeros_like(frames)
    assert not Normaliser.of(black)(black, TorchDevices("cpu")).any()


def test_mattes_are_what_differs_from_a_known_background(tmp_path):
    empty = np.full((40, 56, 3), 100, np.uint8)
    clip = noise(count=3, value=100, background=empty)
    for frame in clip.frames:
        frame[10:30, 10:30] = 250
    params = ProposalParams(size=(56, 40), recolour=0, flip=False)
    images = TrainingImages([clip], params, Run(0, tmp_path, TorchDevices("cpu")))
    batch = images.batch(2, torch.Generator().manual_seed(0), TorchDevices("cpu"))
    assert batch.known.all() and batch.matte.shape == (2, 1, 40, 56)
    assert (batch.matte[..., 10:30, 10:30] == 1).all()
    assert batch.matte.sum() == 2 * 20 * 20
    assert torch.allclose(batch.image[..., 0, 0], batch.background[..., 0, 0])


def test_without_a_background_there_is_no_matte(tmp_path):
    params = ProposalParams(fill="inpainted")
    images = TrainingImages([noise()], params, Run(0, tmp_path, TorchDevices("cpu")))
    batch = images.batch(2, torch.Generator().manual_seed(0), TorchDevices("cpu"))
    assert batch.background is None and batch.known is None and batch.matte is None


def test_clips_without_frames_are_refused(tmp_path):
    run = Run(0, tmp_path, TorchDevices("cpu"))
    with pytest.raises(DataError, match="training clips have no frames"):
        TrainingImages([noise(count=0)], ProposalParams(), run)
