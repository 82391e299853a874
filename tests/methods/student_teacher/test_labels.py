"""Batches of crops: images and labels belong together."""

import numpy as np
import torch

from selfbench.contracts import Run
from selfbench.methods.student_teacher.labels import Labels
from selfbench.methods.student_teacher.settings import StudentTeacherParams
from selfbench.training.devices import TorchDevices


def test_crops_are_cut_from_image_and_mask_alike(tmp_path):
    """The mask is the image's own red channel, so every crop must agree with itself."""
    frames = np.random.default_rng(0).integers(0, 256, (3, 40, 40, 3), np.uint8)
    np.save(tmp_path / "masks.npy", frames[..., 0])
    selected = np.array([[0, 0], [0, 2]])
    labels = Labels(frames, [tmp_path / "masks.npy"], selected)
    params = StudentTeacherParams(size=32, batch=64)
    image, label = labels.batch(
        params, torch.Generator().manual_seed(0), Run(0, tmp_path, TorchDevices()).devices
    )
    assert image.shape == (64, 3, 32, 32) and label.shape == (64, 1, 32, 32)
    assert torch.equal(image[:, :1], label)
    assert len({tuple(one.flatten().tolist()[:40]) for one in label}) > 30, "crops differ"
