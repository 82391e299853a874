"""The networks made of one trunk: LowRes-Net, FConv-Net and EvalSeg-Net.

Croitoru et al. 2019, 4.1 and Fig. 2, give sizes and parameter counts; layers follow the authors'
code for TensorFlow 1, which has LowRes-Net and EvalSeg-Net. The skip connections that the paper
speaks of are not in it, nor here.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from selfbench.methods.student_teacher.features import derivatives, hsv

BIAS = 0.1  # of output layers, as in the released code: a ReLU that starts positive can learn


def head(layer: nn.Linear | nn.Conv2d) -> nn.Linear | nn.Conv2d:
    """Return an output layer with its bias set; a ReLU follows it."""
    assert layer.bias is not None
    nn.init.constant_(layer.bias, BIAS)
    return layer


def conv(inputs: int, outputs: int, kernel: int) -> nn.Sequential:
    """Return convolution and ReLU, He-initialised: there is no batch norm to set the scale."""
    layer = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2)
    nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    assert layer.bias is not None
    nn.init.zeros_(layer.bias)
    return nn.Sequential(layer, nn.ReLU(inplace=True))


class Trunk(nn.Module):
    """Three branches side by side, then five convolutions; a quarter of the input's side.

    Args:
        channels: of each branch's input.
        width: feature maps of all layers but the last.
        outputs: feature maps of the last.
    """

    def __init__(self, channels: Sequence[int], width: int, outputs: int) -> None:
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
            conv(width, outputs, 5),
        )

    def forward(self, inputs: Sequence[Tensor]) -> Tensor:
        """Return (N, outputs, H / 4, W / 4) from one tensor (N, C, H, W) per branch."""
        features = [branch(x) for branch, x in zip(self.branches, inputs, strict=True)]
        joint: Tensor = self.joint(torch.cat(features, dim=1))
        return joint


def student_inputs(image: Tensor) -> list[Tensor]:
    """Return the inputs of the students' branches: RGB, derivatives, hue, all (N, C, H, W)."""
    return [image, derivatives(image), hsv(image)[:, :1]]


class LowResNet(nn.Module):
    """Input 128 x 128, output 32 x 32 by one fully connected layer; 78M parameters in the paper.

    Args:
        width: feature maps of the trunk (256 in the released code).
        side: of the input in pixels.
    """

    def __init__(self, width: int, side: int) -> None:
        super().__init__()
        self.side = side // 4  # of the output
        self.trunk = Trunk((3, 2, 1), width, width // 4)
        self.full = head(nn.Linear(width // 4 * self.side**2, self.side**2))

    def forward(self, image: Tensor) -> Tensor:
        """Return the soft mask (N, 1, S / 4, S / 4), not negative, of images (N, 3, S, S)."""
        flat = self.trunk(student_inputs(image)).flatten(1)  # (N, width / 4 * (S / 4)^2)
        mask: Tensor = self.full(flat).relu()
        return mask.view(-1, 1, self.side, self.side)


class FConvNet(nn.Module):
    """Input 256 x 256, output 128 x 128 by convolutions alone; 13M parameters in the paper.

    Not released. The paper says: LowRes-Net's structure without the fully connected layer and with
    more parameters in its convolutions. Here: the trunk's last layer as wide as the others, one
    upsampling, one 3 x 3 convolution more: 12.8M.

    Args:
        width: feature maps of all layers.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.trunk = Trunk((3, 2, 1), width, width)
        self.finer = nn.Sequential(nn.Upsample(scale_factor=2), conv(width, width, 3))
        self.head = head(nn.Conv2d(width, 1, 1))

    def forward(self, image: Tensor) -> Tensor:
        """Return the soft mask (N, 1, S / 2, S / 2), not negative, of images (N, 3, S, S)."""
        mask: Tensor = self.head(self.finer(self.trunk(student_inputs(image)))).relu()
        return mask


class EvalSegNet(nn.Module):
    """Predicts how good a soft mask of an image is; 44.5M parameters at 128 x 128.

    Croitoru et al. 2019, 4.2.1.

    Args:
        width: feature maps of the trunk (256 in the released code).
        side: of the input in pixels.
    """

    def __init__(self, width: int, side: int) -> None:
        super().__init__()
        self.trunk = Trunk((3, 1, 3), width, width // 4)
        self.full = nn.Linear(width // 4 * (side // 4) ** 2, 2 * width)
        self.score = nn.Linear(2 * width, 1)

    def forward(self, image: Tensor, mask: Tensor) -> Tensor:
        """Return a score (N,) of masks (N, 1, S, S) in [0, 1] for images (N, 3, S, S)."""
        flat = self.trunk([image, mask, hsv(image)]).flatten(1)  # (N, width / 4 * (S / 4)^2)
        score: Tensor = self.score(self.full(flat).relu())  # (N, 1)
        return score.squeeze(1)
