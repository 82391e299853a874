"""Training images: normalised, with backgrounds and flow as colours."""

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
    plain = mean + std * images.pick(np.array([2]), run.devices)[0]
    assert (plain[:, :12] > 0.95).all() and (plain[:, 50:] > 0.95).all()
    assert plain[0, 30, 19] > plain[2, 30, 19] + 0.3, "red: to the right"


def test_normalised_images_have_mean_0_and_deviation_1():
    frames = np.random.default_rng(0).integers(0, 200, (4, 20, 30, 3), np.uint8)
    image = Normaliser.of(frames)(frames, TorchDevices("cpu"))
    assert image.shape == (4, 3, 20, 30)
    assert image.mean(dim=(0, 2, 3)).tolist() == pytest.approx([0, 0, 0], abs=1e-3)
    assert image.std(dim=(0, 2, 3)).tolist() == pytest.approx([1, 1, 1], abs=1e-2)
    black = np.zeros_like(frames)
    assert not Normaliser.of(black)(black, TorchDevices("cpu")).any()


def test_a_known_background_comes_with_the_images_where_it_is_asked_for(tmp_path):
    empty = np.full((40, 56, 3), 100, np.uint8)
    run = Run(0, tmp_path, TorchDevices("cpu"))
    for known in (True, False):
        params = ProposalParams(size=(56, 40), known_background=known)
        images = TrainingImages([noise(count=3, value=100, background=empty)], params, run)
        batch = images.batch(2, torch.Generator().manual_seed(0), TorchDevices("cpu"))
        assert batch.image.shape == (2, 3, 40, 56) and (batch.background is None) != known
        if known:
            assert torch.allclose(batch.image, batch.background)


def test_clips_without_frames_are_refused(tmp_path):
    run = Run(0, tmp_path, TorchDevices("cpu"))
    with pytest.raises(DataError, match="training clips have no frames"):
        TrainingImages([noise(count=0)], ProposalParams(), run)
