"""The networks made of one trunk."""

import pytest
import torch

from selfbench.methods.student_teacher.networks import (
    BIAS,
    EvalSegNet,
    FConvNet,
    LowResNet,
    Trunk,
    student_inputs,
)


def test_evalseg_has_the_releases_parameter_count():
    with torch.device("meta"):
        count = sum(p.numel() for p in EvalSegNet(256, 128).parameters()) / 1e6
    assert count == pytest.approx(44.5, abs=0.05)


def test_evalseg_scores_one_number_per_mask():
    network = EvalSegNet(4, 16)
    assert network(torch.rand(3, 3, 16, 16), torch.rand(3, 1, 16, 16)).shape == (3,)


def test_the_trunk_has_a_branch_per_input_and_a_quarter_of_its_side():
    image = torch.rand(2, 3, 16, 16)
    inputs = student_inputs(image)
    assert [x.shape[1] for x in inputs] == [3, 2, 1]
    assert Trunk((3, 2, 1), 4, 6)(inputs).shape == (2, 6, 4, 4)


def test_output_layers_start_positive_so_that_their_relu_can_learn():
    for layer in (LowResNet(4, 16).full, FConvNet(4).head):
        assert layer.bias.tolist() == pytest.approx([BIAS] * len(layer.bias))
