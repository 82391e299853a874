"""The three U-Nets."""

import pytest
import torch

from selfbench.methods.student_teacher.presets import PAPER
from selfbench.methods.student_teacher.settings import StudentTeacherParams
from selfbench.methods.student_teacher.students import build
from selfbench.methods.student_teacher.unets import RATES, DenseBlock, basic_unet, dilated


def test_the_dilated_centre_is_frozen_as_released_unless_asked_for():
    with torch.device("meta"):
        free = build("dilateu-net", StudentTeacherParams(**PAPER, train_dilated=True))
    count = sum(p.numel() for p in free.parameters() if p.requires_grad) / 1e6
    assert count == pytest.approx(32.2, abs=0.05)
    centre = basic_unet(2, dilate=True).centre
    assert not any(p.requires_grad for p in centre.parameters())


def test_the_dilated_centre_keeps_size_and_scale():
    torch.manual_seed(0)
    centre, x = dilated(64, False), torch.randn(1, 64, 40, 40)
    assert len(centre) == 2 * len(RATES)
    y = centre(x)
    assert y.shape == x.shape and 0.1 < y.square().mean().sqrt() < 3, "edges lose some"


def test_a_dense_block_starts_with_its_first_layer_not_with_its_input():
    block = DenseBlock(7, 3, 5)
    inputs = [layer[0].in_channels for layer in block.layers]
    assert inputs == [7, 3, 6, 9] and block.transition[0].in_channels == 12
    assert block(torch.rand(1, 7, 8, 8)).shape == (1, 5, 8, 8)
