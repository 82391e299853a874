"""Rates of the training, which inpainters it needs, and that it is the same again."""

import numpy as np
import pytest
import torch

from selfbench.contracts import Clip
from selfbench.training import checkpoint
from selfbench.training.log import read_log
from tests.methods.scenes import Frames, noise, square_to_the_right


@pytest.mark.slow
@pytest.mark.parametrize(("schedule", "falls"), [("constant", False), ("cosine", True)])
def test_rates_as_the_paper_has_them(trained, schedule, falls):
    """The decoder of S learns at a tenth of the rate; then a cosine falls."""
    _, run = trained([noise()], decoder_rate=0.1, schedule=schedule, steps=51, rate=1e-3)
    saved = checkpoint.load(run.folder / "checkpoint-proposals.safetensors")
    groups = saved["optimiser"]["param_groups"]
    assert [group["initial_lr"] for group in groups] == pytest.approx([1e-3, 1e-4])
    expected = [0, 0] if falls else [1e-3, 1e-4]
    assert [group["lr"] for group in groups] == pytest.approx(expected)


def test_two_trainings_with_one_seed_are_equal(trained, tmp_path):
    a, b = (trained([noise()], folder=tmp_path / name)[0].weights() for name in "ab")
    assert all(torch.equal(a[name], b[name]) for name in a)


def test_a_known_background_replaces_the_inpainter_where_it_is_asked_for(trained, tmp_path):
    empty = np.zeros((40, 56, 3), np.uint8)
    method, _ = trained([noise(background=empty)], known_background=True)
    assert not (tmp_path / "checkpoint-inpainter.safetensors").exists()
    assert method.supervision == ("known background",)
    trained([noise(background=empty)])
    assert (tmp_path / "checkpoint-inpainter.safetensors").exists()


@pytest.mark.parametrize("known", [False, True])
def test_training_with_flow_and_prediction_without(trained, known, monkeypatch):
    empty = np.zeros((96, 128, 3), np.uint8) if known else None
    method, run = trained(
        [square_to_the_right(background=empty)], flow="dis", known_background=known
    )
    terms = {(row["stage"], row["name"]) for row in read_log(run.folder)}
    assert {("inpainter-flow", "inpainting"), ("proposals", "flow")} <= terms
    assert (("inpainter", "inpainting") in terms) != known
    monkeypatch.setattr("selfbench.vision.flow.estimators.dis", None)
    single = Clip("b", Frames(square_to_the_right(1).frames))
    (prediction,) = method.predict(single, run)
    assert prediction.boxes.shape == (1, 4)
