"""Batches of crops: images, labels and colours belong together."""

import numpy as np
import pytest
import torch

from selfbench.contracts import Run
from selfbench.methods.student_teacher.labels import Labels, make_labels
from selfbench.methods.student_teacher.settings import StudentTeacherParams
from selfbench.training.devices import TorchDevices
from selfbench.vision.background.backgrounds import Backgrounds


@pytest.fixture
def labels(tmp_path):
    """Frames of a red box before grey noise; the box is the mask, the noise is background."""
    rng, side = np.random.default_rng(0), StudentTeacherParams().cached
    scene = np.full((6, side, side, 4), 255, np.uint8)
    scene[..., :3] = rng.integers(100, 120, (6, side, side, 1))
    frames, masks = np.array(scene[..., :3]), np.zeros((6, side, side), np.uint8)
    for i in range(6):
        masks[i, 20 + 3 * i : 40, 30:45] = 255
    frames[masks > 0] = (230, 20, 30)
    np.save(tmp_path / "masks.npy", masks)
    selected = np.stack([np.zeros(6, np.int64), np.arange(6)], axis=1)
    owner = np.zeros(6, np.int64)
    return Labels(frames, [tmp_path / "masks.npy"], selected, Backgrounds([scene], owner))


def batch(labels, **settings):
    params = StudentTeacherParams(batch=32, **settings)
    return labels.batch(params, torch.Generator().manual_seed(0), TorchDevices("cpu"))


def test_image_and_mask_are_cut_and_mirrored_alike(labels):
    image, label = batch(labels, recolour=0)
    red = (image[:, 0] > 0.8) & (image[:, 1] < 0.2)
    assert image.shape == (32, 3, 64, 64) and label.shape == (32, 1, 64, 64)
    assert torch.equal(red, label[:, 0] == 1)
    columns = label.amax(dim=2).argmax(dim=2)
    assert len(columns.unique()) > 10  # crops and mirrors


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


def test_sharpened_labels_are_kept_beside_the_masks(tmp_path):
    """Of two teachers, each for the frames that were selected of it."""
    frames = np.zeros((3, 40, 40, 3), np.uint8)
    masks = np.zeros((3, 40, 40), np.uint8)
    frames[:, 10:30, 10:20], masks[:, 10:30, 10:20] = 200, 255
    for name in "ab":
        np.save(tmp_path / f"{name}.npy", masks)
    paths, selected = [tmp_path / "a.npy", tmp_path / "b.npy"], np.array([[0, 0], [1, 2]])
    lines = []
    run = Run(0, tmp_path, TorchDevices("cpu"), lines.append)
    params = StudentTeacherParams(size=32)
    labels = make_labels(paths, frames, selected, None, params, run)
    assert [path.name for path in labels.teachers] == ["labels-a.npy", "labels-b.npy"]
    assert lines == ["labels from a", "labels from b"]
    learnt = [[bool(label.any()) for label in np.load(path)] for path in labels.teachers]
    assert learnt == [[True, False, False], [False, False, True]]
    plain = make_labels(
        paths, frames, selected, None, params.model_copy(update={"sharpen": False}), run
    )
    assert plain.teachers == paths
