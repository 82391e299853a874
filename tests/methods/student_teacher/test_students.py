"""The paper's students by name: sizes of networks, inputs and outputs."""

import pytest
import torch

from selfbench.methods.student_teacher.names import STUDENTS
from selfbench.methods.student_teacher.presets import PAPER
from selfbench.methods.student_teacher.settings import StudentTeacherParams
from selfbench.methods.student_teacher.students import build, input_side

# Croitoru et al. 2019, 4.1, in millions, and to how many digits they give them.
PUBLISHED = {
    "lowres-net": 78, "fconv-net": 13, "basicu-net": 34, "dilateu-net": 18, "denseu-net": 3,
}  # fmt: skip
TINY = StudentTeacherParams(size=32, low_size=16, conv_width=4, unet_width=1, dense_growth=1)


def trainable(network: torch.nn.Module) -> float:
    return sum(p.numel() for p in network.parameters() if p.requires_grad) / 1e6


@pytest.mark.parametrize("name", STUDENTS)
def test_the_papers_networks_have_the_papers_parameter_counts(name):
    with torch.device("meta"):  # shapes alone
        network = build(name, StudentTeacherParams(**PAPER))
    # BasicU-Net has 34.6M, which the paper calls 34M.
    assert int(trainable(network) + (name != "basicu-net") * 0.5) == PUBLISHED[name]


@pytest.mark.parametrize(("name", "share"), list(zip(STUDENTS, (4, 2, 1, 1, 1))))
def test_outputs_have_the_papers_share_of_the_input_and_are_not_negative(name, share):
    side = input_side(name, TINY)
    mask = build(name, TINY)(torch.rand(2, 3, side, side))
    assert mask.shape == (2, 1, side // share, side // share)
    assert mask.min() >= 0


@pytest.mark.parametrize("name", STUDENTS)
def test_every_trainable_parameter_learns(name):
    torch.manual_seed(0)
    network = build(name, TINY)
    side = input_side(name, TINY)
    network(torch.rand(4, 3, side, side)).sum().backward()
    without = [n for n, p in network.named_parameters() if p.requires_grad and p.grad is None]
    assert without == []
    frozen = [n for n, p in network.named_parameters() if not p.requires_grad]
    assert len(frozen) == (6 if name == "dilateu-net" else 0)
