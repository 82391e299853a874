"""Every row of every ablation trains two steps and predicts, on small networks."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from selfbench.contracts import Ablation, Run
from selfbench.methods.proposal_is import pretrained
from selfbench.methods.proposal_is.backbones import Backbone
from selfbench.plugins.registry import Registry
from selfbench.training.devices import TorchDevices
from selfbench.training.log import read_log
from tests.methods.cis.conftest import TINY as SMALL_CIS
from tests.methods.scenes import moving_square
from tests.methods.student_teacher.conftest import TINY as SMALL_STUDENTS

SMALL = {
    "proposal-is": {"steps": 2, "inpaint_steps": 2, "batch": 2, "crop": 32},
    "cis": SMALL_CIS | {"steps": 4},
    "student-teacher": SMALL_STUDENTS | {"students": "basicu-net,dilateu-net", "keep": 1.0},
    "videopca": {},
}
ROWS = [
    pytest.param(ablation, row, id=f"{ablation.name}: {row.label}")
    for entry in Registry().of("ablations")
    if isinstance(ablation := entry.load(), Ablation)
    for row in ablation.rows
]


@dataclass
class TwoMotions:
    """The flow that a dataset may bring: a constant in the mask, another one around it."""

    masks: np.ndarray
    key = "two"
    steps = (1, -1)

    def __call__(self, frame, step):
        return np.where(self.masks[frame][..., None], (3.0 * step, 0.0), (0.0, 0.0)).astype("f4")


@pytest.fixture
def weights(monkeypatch, tmp_path):
    """Weights that rows name: a file in the working directory, and timm's of ImageNet."""
    encoder = Backbone("resnet50").network.state_dict()
    torch.save(encoder, tmp_path / "self-supervised.pth")

    def imagenet(name):
        import timm

        path = tmp_path / f"{name}.safetensors"
        save_file(timm.create_model(name).state_dict(), path)
        return path

    monkeypatch.setattr(pretrained, "imagenet_file", imagenet)
    monkeypatch.chdir(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(("ablation", "row"), ROWS)
def test_it_trains_two_steps(ablation, row, tmp_path, request):
    if ablation.name == "init":
        request.getfixturevalue("weights")
    clip, masks = moving_square(6, (72, 96))
    if row.data:
        clip = replace(clip, flow=TwoMotions(masks))
    kind = Registry().entry("methods", row.method or ablation.method).load()
    values = SMALL[kind.name] | dict(row.overrides)
    if values.get("output", "").endswith("-net") and values["output"] != "multi-net":
        values["students"] = values["output"]
    method = kind(kind.Params(**values))
    folder = tmp_path / "run"
    folder.mkdir()
    teacher = lambda clip: (mask.astype(np.uint8) * 255 for mask in masks)  # noqa: E731
    run = Run(0, folder, TorchDevices("cpu"), teacher=teacher)
    method.fit([clip], run)
    logged = list(read_log(folder)) if method.weights() else []
    assert all(np.isfinite(float(line["value"])) for line in logged)
    assert bool(logged) == (kind.name != "videopca")
    predicted = [prediction.mask for prediction in method.predict(clip, run)]
    assert np.shape(predicted) == masks.shape and np.isfinite(predicted).all()


def test_no_ablation_is_left_out():
    assert {ablation.name for ablation, _ in (param.values for param in ROWS)} == {
        entry.name for entry in Registry().of("ablations")
    }
