"""Students of stitched-difference, and other colours."""

import numpy as np
import pytest
import torch

from selfbench.contracts import Run
from selfbench.methods.student_stitched import (
    RecolouredLabels,
    StudentStitched,
    StudentStitchedParams,
)
from selfbench.training.devices import TorchDevices
from selfbench.vision.background.backgrounds import Backgrounds
from tests.methods.scenes import moving_square
from tests.methods.student_teacher.conftest import TINY


@pytest.fixture
def labels(tmp_path):
    """Frames of a red box before grey noise; the box is the mask, the noise is background."""
    rng, side = np.random.default_rng(0), StudentStitchedParams().cached
    scene = np.full((6, side, side, 4), 255, np.uint8)
    scene[..., :3] = rng.integers(100, 120, (6, side, side, 1))
    frames, masks = np.array(scene[..., :3]), np.zeros((6, side, side), np.uint8)
    for i in range(6):
        masks[i, 20 + 3 * i : 40, 30:45] = 255
    frames[masks > 0] = (230, 20, 30)
    np.save(tmp_path / "masks.npy", masks)
    selected = np.stack([np.zeros(6, np.int64), np.arange(6)], axis=1)
    owner = np.zeros(6, np.int64)
    return RecolouredLabels(frames, [tmp_path / "masks.npy"], selected, Backgrounds([scene], owner))


def batch(labels, recolour):
    params = StudentStitchedParams(batch=32, recolour=recolour)
    labels.share = params.recolour
    return labels.batch(params, torch.Generator().manual_seed(0), TorchDevices("cpu"))


def test_only_what_is_not_background_is_recoloured(labels):
    plain, label = batch(labels, recolour=0)
    image, same = batch(labels, recolour=1)
    assert torch.equal(label, same)
    changed = (image != plain).any(dim=1, keepdim=True)
    assert not (changed & (label == 0)).any()
    assert changed[label == 1].float().mean() > 0.9


def test_without_backgrounds_colours_stay(labels):
    labels.backgrounds = None
    assert torch.equal(batch(labels, recolour=1)[0], batch(labels, recolour=0)[0])


def test_its_teacher_is_stitched_difference():
    method = StudentStitched(StudentStitchedParams())
    assert (method.teacher, method.teacher_post) == ("stitched-difference", "")


@pytest.mark.parametrize("recolour", [0, 1])
def test_it_trains_and_predicts(tmp_path, recolour):
    clip, masks = moving_square(12)
    teacher = lambda clip: (mask.astype(np.uint8) * 255 for mask in masks)  # noqa: E731
    run = Run(0, tmp_path, TorchDevices("cpu"), teacher=teacher)
    students = {"students": "basicu-net", "recolour": recolour}
    method = StudentStitched(StudentStitchedParams(**(TINY | students)))
    method.fit([clip], run)
    predicted = [prediction.mask for prediction in method.predict(clip, run)]
    assert np.shape(predicted) == masks.shape and np.isfinite(predicted).all()
