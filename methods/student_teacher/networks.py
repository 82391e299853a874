"""The networks made of one trunk: LowRes-Net, FConv-Net and EvalSeg-Net (S4 4.1, Fig. 2).

S4 gives sizes and parameter counts; layers follow the authors' release for TensorFlow 1, which has
LowRes-Net and EvalSeg-Net. The skip connections that S4 speaks of are not in it, nor here.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from selfbench.methods.student_teacher.features import derivatives, hsv

BIAS = 0.1  # of output layers, as in the release: a ReLU that starts positive can learn


def head(layer: nn.Linear | nn.Conv2d) -> nn.Linear | nn.Conv2d:
    """Return an output layer with its bias set; a ReLU comes behind it."""
    assert layer.bias is not None
    nn.init.constant_(layer.bias, BIAS)
    return layer


def conv(inside: int, out: int, kernel: int) -> nn.Sequential:
    """Return convolution and ReLU, He-initialised: there is no batch norm to set the scale."""
    layer = nn.Conv2d(inside, out, kernel, padding=kernel // 2)
    nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    assert layer.bias is not None
    nn.init.zeros_(layer.bias)
    return nn.Sequential(layer, nn.ReLU(inplace=True))


class Trunk(nn.Module):
    """Three branches side by side, then five convolutions; a quarter of the input's side."""

    def __init__(self, channels: Sequence[int], width: int, out: int) -> None:
        super().__init__()
        self.branches = nn.ModuleList(
            nn.Sequential(conv(c, width, 3), conv(width, width, 5), nn.MaxPool2d(2))
            for c in channels
        )
        self.joint = nn.Sequential(
            conv(len(channels) * width, width, 3),
            conv(width, width, 5),
            nn.MaxPool2d(2),
            conv(width, width, 3),
            conv(width, width, 5),
            conv(width, out, 5),
        )

    def forward(self, inputs: Sequence[Tensor]) -> Tensor:
        """Return (N, out, H / 4, W / 4) from one tensor (N, C, H, W) per branch."""
        seen = [branch(x) for branch, x in zip(self.branches, inputs, strict=True)]
        found: Tensor = self.joint(torch.cat(seen, dim=1))
        return found


def student_inputs(image: Tensor) -> list[Tensor]:
    """Return what the students' branches see: RGB, derivatives, hue."""
    return [image, derivatives(image), hsv(image)[:, :1]]


class LowResNet(nn.Module):
    """Input 128 x 128, output 32 x 32 by one fully connected layer; 78M parameters (S4)."""

    def __init__(self, width: int, side: int) -> None:
        super().__init__()
        self.out = side // 4
        self.trunk = Trunk((3, 2, 1), width, width // 4)
        self.full = head(nn.Linear(width // 4 * self.out**2, self.out**2))

    def forward(self, image: Tensor) -> Tensor:
        """Return the soft mask (N, 1, S / 4, S / 4), not negative, of images (N, 3, S, S)."""
        flat = self.trunk(student_inputs(image)).flatten(1)  # (N, width / 4 * (S / 4)^2)
        found: Tensor = self.full(flat).relu()
        return found.view(-1, 1, self.out, self.out)


class FConvNet(nn.Module):
    """Input 256 x 256, output 128 x 128 by convolutions alone; 13M parameters (S4).

    Not released. S4 says: LowRes-Net's structure without the fully connected layer and with more
    parameters in its convolutions. Here: the trunk's last layer as wide as the others, one
    upsampling, one 3 x 3 convolution more: 12.8M.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.trunk = Trunk((3, 2, 1), width, width)
        self.finer = nn.Sequential(nn.Upsample(scale_factor=2), conv(width, width, 3))
        self.head = head(nn.Conv2d(width, 1, 1))

    def forward(self, image: Tensor) -> Tensor:
        """Return the soft mask (N, 1, S / 2, S / 2), not negative, of images (N, 3, S, S)."""
        found: Tensor = self.head(self.finer(self.trunk(student_inputs(image)))).relu()
        return found


class EvalSegNet(nn.Module):
    """Predicts how good a soft mask of an image is (S4 4.2.1); 44.5M parameters at 128 x 128."""

    def __init__(self, width: int, side: int) -> None:
        super().__init__()
        self.trunk = Trunk((3, 1, 3), width, width // 4)
        self.full = nn.Linear(width // 4 * (side // 4) ** 2, 2 * width)
        self.score = nn.Linear(2 * width, 1)

    def forward(self, image: Tensor, mask: Tensor) -> Tensor:
        """Return a score (N,) of masks (N, 1, S, S) in [0, 1] for images (N, 3, S, S)."""
        flat = self.trunk([image, mask, hsv(image)]).flatten(1)
        found: Tensor = self.score(self.full(flat).relu())  # (N, 1)
        return found.squeeze(1)
