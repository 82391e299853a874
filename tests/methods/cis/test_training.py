"""Training: gradients, boxes, averages, and the same weights after a kill."""

import numpy as np
import pytest
import torch

from selfbench.contracts import Truth
from selfbench.methods.cis.settings import CISParams
from selfbench.methods.cis.training import KICK, Gradients, random_boxes
from selfbench.training import checkpoint
from selfbench.vision.flow.ideal import with_ideal_flow
from tests.methods.scenes import moving_square


def test_a_collapsed_generator_is_kicked_and_gradients_are_clipped():
    change = Gradients(clip=0.15, kick=1e-5)
    vanished = torch.zeros(50)
    change([vanished])
    assert change.size == 0
    assert (vanished > 0).all() and vanished.max() == pytest.approx(0.15) and KICK > 0.15
    large = [torch.tensor([3.0, -100.0, 0.1])]
    change(large)
    assert change.size == pytest.approx(103.1 / 3)
    assert large[0].tolist() == pytest.approx([0.15, -0.15, 0.1])


def test_the_inpainter_is_never_kicked():
    vanished = torch.zeros(5)
    Gradients(clip=0.2)([vanished])
    assert not vanished.any()


def test_random_boxes_hide_something_and_not_all():
    boxes = random_boxes(50, (40, 20), torch.Generator().manual_seed(0))
    assert boxes.shape == (50, 1, 20, 40) and set(boxes.unique().tolist()) == {0, 1}
    assert 0.03 < boxes.mean() < 0.4


@pytest.mark.slow
def test_ideal_flow_is_learnt_from_the_flow_alone(trained):
    """A few hundred steps on two clips with perfect flow find the object of a third."""
    made = [moving_square(8, seed=s, name=str(s)) for s in range(3)]
    clips = with_ideal_flow(
        [clip for clip, _ in made],
        {
            clip.name: {n: Truth(mask=m) for n, m in zip(clip.frames.names, masks)}
            for clip, masks in made
        },
        "test",
    )
    values = {"flow": "clip", "steps": 400, "batch": 4, "generator_width": 8, "smooth": 0}
    _, masks = trained(clips[:2], clips[2], crf=False, picture_every=0, **values)
    truth = made[2][1]
    overlap = [(m & t).sum() / (m | t).sum() for m, t in zip(masks > 0.5, truth)]
    assert np.mean(overlap) > 0.6


def test_a_training_that_was_killed_ends_in_the_same_weights(trained, tmp_path):
    clip, _ = moving_square()
    method, _ = trained([clip])
    (tmp_path / "checkpoint-adversaries.safetensors").unlink()
    again, _ = trained([clip])
    assert all(torch.equal(value, again.weights()[n]) for n, value in method.weights().items())


@pytest.mark.parametrize(("average", "last"), [(0, True), (0.99, False)])
def test_the_result_is_an_average_of_the_generators_weights(trained, tmp_path, average, last):
    clip, _ = moving_square()
    method, _ = trained([clip], average=average, fall=0.5)
    saved = checkpoint.load(tmp_path / "checkpoint-adversaries.safetensors")
    assert saved is not None
    same = [torch.equal(value, saved["generator"][n]) for n, value in method.weights().items()]
    assert all(same) if last else not any(same)
    (group,) = saved["generator-adam"]["param_groups"]
    assert group["initial_lr"] == CISParams().rate * CISParams().generator_rate
    assert group["lr"] == 0, "it has fallen"
