"""What is odd works or says in one sentence why not, and nothing is lost."""

import numpy as np
import pytest
import torch
from PIL import Image

from selfbench.contracts import Run, Where
from selfbench.datasets.folder import Folder, FolderParams
from selfbench.errors import DataError, SelfbenchError, StoreError
from selfbench.methods.proposal_is import ProposalIS, training
from selfbench.methods.proposal_is.settings import ProposalParams
from selfbench.training import checkpoint
from selfbench.training.devices import TorchDevices
from selfbench.training.log import read_log

FEW = {"steps": 2, "inpaint_steps": 2, "batch": 4, "crop": 16}
PICTURES = {
    "grey": lambda a: Image.fromarray(a[..., 0]),
    "deep": lambda a: Image.fromarray(a[..., 0].astype(np.uint16) * 257),
    "rgba": lambda a: Image.fromarray(np.dstack([a, a[..., :1]])),
    "palette": lambda a: Image.fromarray(a[..., 0]).convert("P"),
}


@pytest.mark.parametrize("kinds", [[k] for k in PICTURES] + [list(PICTURES)])
def test_files_of_every_kind_of_pixel(tmp_path, kinds, trained, check):
    """Also mixed in one clip."""
    (tmp_path / "clip").mkdir()
    rng = np.random.default_rng(0)
    for i in range(4):
        picture = PICTURES[kinds[i % len(kinds)]](rng.integers(0, 256, (30, 44, 3), np.uint8))
        picture.save(tmp_path / "clip" / f"{i}.png")
    dataset = Folder(FolderParams(path=str(tmp_path / "clip")), Where(None, tmp_path))
    clips = dataset.clips("all")
    method, run = trained(clips)
    check(method, clips[0], run)


@pytest.mark.parametrize(
    "odd",
    [
        {"count": 1},  # fewer frames than the batch
        {"value": 0},  # all black
        {"value": 255},
        {"height": 9, "width": 7},  # smaller than the crop
        {"height": 1, "width": 1},
        {"height": 300, "width": 5},
    ],
)
def test_odd_clips_train(trained, clip, check, odd):
    method, run = trained([clip(**odd)])
    check(method, clip(**odd), run)


def test_clips_of_several_sizes(trained, clip, check):
    clips = [clip(height=20, width=30), clip(height=50, width=20)]
    method, run = trained(clips)
    for each in clips:
        check(method, each, run)


def test_clips_without_frames_are_an_error(trained, clip):
    with pytest.raises(DataError, match="training clips have no frames"):
        trained([clip(count=0)])


def test_weights_of_another_architecture_are_refused(trained, clip):
    method, _ = trained([clip()])
    weights = {name: np.asarray(value) for name, value in method.weights().items()}
    other = ProposalIS(ProposalParams(**FEW, encoder="resnet10t", latent=264))
    with pytest.raises(DataError, match=r"^These weights do not fit proposal-is[^\n]*$"):
        other.load_weights(weights)


def test_a_checkpoint_of_another_architecture_is_refused_and_kept(trained, clip, tmp_path):
    trained([clip()])
    path = tmp_path / "checkpoint-proposals.safetensors"
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"^.*checkpoint of another network[^\n]*delete it[^\n]*$"):
        trained([clip()], latent=7)
    assert path.read_bytes() == before
    with pytest.raises(StoreError, match=r"checkpoint-inpainter\.safetensors is the checkpoint"):
        trained([clip()], hole_channel=True)


def test_a_nan_keeps_the_last_checkpoint(clip, tmp_path, monkeypatch):
    """Weights that break leave the checkpoint as it was."""
    real, updates = training.Loop, []

    class Poisoned(real):
        """Saves after every step; the fourth makes a weight NaN."""

        def __init__(self, *args):
            super().__init__(*args, checkpoint_s=0.0)

        def update(self, loss, module, *rest):
            super().update(loss, module, *rest)
            updates.append(loss)
            if len(updates) == 4:
                next(module.parameters()).data.fill_(float("nan"))

    monkeypatch.setattr(training, "Loop", Poisoned)
    learner = ProposalIS(ProposalParams(**(FEW | {"steps": 9})))
    with pytest.raises(SelfbenchError, match=r"'proposals' at step 3: model\..* is not finite"):
        learner.fit([clip()], Run(0, tmp_path, TorchDevices()))
    kept = checkpoint.load(tmp_path / "checkpoint-proposals.safetensors")
    assert kept["step"] == 3
    assert all(v.isfinite().all() for v in kept["model"].values() if isinstance(v, torch.Tensor))
    monkeypatch.setattr(training, "Loop", real)
    learner.fit([clip()], Run(0, tmp_path, TorchDevices()))
    steps = {int(r["step"]) for r in read_log(tmp_path) if r["stage"] == "proposals"}
    assert 8 in steps, "it goes on once the cause is gone"
