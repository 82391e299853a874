import colorsys

import cv2
import numpy as np
import pytest
import torch

from selfbench.methods.student_teacher.features import derivatives, hsv
from selfbench.methods.student_teacher.names import STUDENTS
from selfbench.methods.student_teacher.networks import EvalSegNet
from selfbench.methods.student_teacher.settings import PAPER, StudentTeacherParams
from selfbench.methods.student_teacher.students import build, input_side

# S4 4.1, in millions, and to how many digits it gives them.
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
    # BasicU-Net has 34.6M, which S4 calls 34M.
    assert int(trainable(network) + (name != "basicu-net") * 0.5) == PUBLISHED[name]


def test_the_dilated_centre_is_frozen_as_released_unless_asked_for():
    with torch.device("meta"):
        free = build("dilateu-net", StudentTeacherParams(**PAPER, train_dilated=True))
    assert trainable(free) == pytest.approx(32.2, abs=0.05)


def test_evalseg_has_the_releases_parameter_count():
    with torch.device("meta"):
        assert trainable(EvalSegNet(256, 128)) == pytest.approx(44.5, abs=0.05)


@pytest.mark.parametrize(("name", "share"), list(zip(STUDENTS, (4, 2, 1, 1, 1))))
def test_outputs_have_the_papers_share_of_the_input_and_are_not_negative(name, share):
    side = input_side(name, TINY)
    found = build(name, TINY)(torch.rand(2, 3, side, side))
    assert found.shape == (2, 1, side // share, side // share)
    assert found.min() >= 0


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


def test_evalseg_scores_one_number_per_mask():
    network = EvalSegNet(4, 16)
    assert network(torch.rand(3, 3, 16, 16), torch.rand(3, 1, 16, 16)).shape == (3,)


def test_hsv_agrees_with_the_standard_library():
    image = torch.rand(1, 3, 5, 7)
    image[0, :, 0, :3] = torch.tensor([[0.0, 1, 0.5], [0.0, 1, 0.5], [0.0, 1, 0.5]])  # greys
    found = hsv(image)[0].permute(1, 2, 0).reshape(-1, 3).tolist()
    pixels = image[0].permute(1, 2, 0).reshape(-1, 3).tolist()
    for one, pixel in zip(found, pixels):
        assert one == pytest.approx(colorsys.rgb_to_hsv(*pixel), abs=1e-5)


def test_derivatives_are_numpys_of_opencvs_grey():
    image = np.random.default_rng(0).random((6, 9, 3)).astype(np.float32)
    found = derivatives(torch.from_numpy(image).permute(2, 0, 1)[None])[0].numpy()
    wanted = np.gradient(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))
    assert np.allclose(found, wanted, atol=1e-5)
