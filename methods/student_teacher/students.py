"""The students by name: which network each is, and the size of its input."""

from __future__ import annotations

from torch import nn

from selfbench.methods.student_teacher.names import SMP
from selfbench.methods.student_teacher.networks import FConvNet, LowResNet
from selfbench.methods.student_teacher.settings import StudentTeacherParams
from selfbench.methods.student_teacher.unets import basic_unet, dense_unet


def build(name: str, params: StudentTeacherParams) -> nn.Module:
    """Return the student `name` with random weights.

    Its output is a soft mask (N, 1, h, h), not negative, of images (N, 3, S, S) in [0, 1], where S
    is `input_side` and h is S or a fraction of it.
    """
    if name.startswith(SMP):
        from selfbench.methods.student_teacher.smp import SMPStudent

        return SMPStudent(name, params.size)
    if name == "lowres-net":
        return LowResNet(params.conv_width, params.low_size)
    if name == "fconv-net":
        return FConvNet(params.conv_width)
    if name == "denseu-net":
        return dense_unet(params.dense_growth)
    dilate = name == "dilateu-net"
    return basic_unet(params.unet_width, dilate, params.train_dilated)


def input_side(name: str, params: StudentTeacherParams) -> int:
    """Return the side in pixels of the images that the student `name` works on."""
    return params.low_size if name == "lowres-net" else params.size
