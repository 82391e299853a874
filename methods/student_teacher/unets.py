"""The three U-Nets: BasicU-Net, DilateU-Net and DenseU-Net.

Croitoru et al. 2019, 4.1 and Fig. 2, and their code.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from selfbench.methods.student_teacher.networks import head

# As in the released code.
RATES = (1, 2, 4, 8, 16, 32)  # dilations of the centre
GROWTH = (12, 24, 48, 64)  # feature maps that each convolution of a dense block adds
CENTRE_GROWTH = 128  # of the dense block in the centre
DENSE_MAPS = 32  # feature maps after the first transition; each of the others doubles them


def layer(inputs: int, outputs: int, kernel: int = 3) -> nn.Sequential:
    """Return convolution, batch norm, ReLU."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


def layers(inputs: int, outputs: int, count: int) -> nn.Sequential:
    """Return `count` layers of `outputs` feature maps."""
    return nn.Sequential(*(layer(outputs if i else inputs, outputs) for i in range(count)))


class DenseBlock(nn.Module):
    """Four layers, each on the maps of all before it in the block, then a 1 x 1 transition.

    Args:
        inputs: feature maps of the input.
        growth: feature maps of each layer.
        outputs: feature maps of the result.
    """

    def __init__(self, inputs: int, growth: int, outputs: int) -> None:
        super().__init__()
        # As released: the first layer's maps start the concatenation, not the block's input.
        self.layers = nn.ModuleList(
            layer(inputs if i == 0 else i * growth, growth) for i in range(4)
        )
        self.transition = layer(4 * growth, outputs, kernel=1)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, outputs, H, W) of x (N, inputs, H, W)."""
        maps = self.layers[0](x)
        for further in list(self.layers)[1:]:
            maps = torch.cat([maps, further(maps)], dim=1)
        output: Tensor = self.transition(maps)
        return output


def dilated(width: int, trainable: bool) -> nn.Sequential:
    """Return six dilated convolutions with ReLU, one after the other, without bias or norm.

    The released code never trains them, and only without them are there the paper's 18M parameters.
    """
    centre = nn.Sequential()
    for rate in RATES:
        conv = nn.Conv2d(width, width, 3, padding=rate, dilation=rate, bias=False)
        # The deviation of 0.05 that the released code has at 512 channels is 2.4 times the one that
        # keeps the scale of activations; this keeps it.
        nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
        centre.extend([conv.requires_grad_(trainable), nn.ReLU(inplace=True)])
    return centre


class UNet(nn.Module):
    """Blocks on the way down, a centre, and blocks on the way up with skips from the way down.

    Args:
        downs: blocks, each followed by max pooling.
        centre: between them.
        ups: as many blocks, each after an upsampling and the concatenation of its skip.
        last: feature maps of the last of them.
    """

    def __init__(
        self, downs: list[nn.Module], centre: nn.Module, ups: list[nn.Module], last: int
    ) -> None:
        super().__init__()
        self.downs, self.centre, self.ups = nn.ModuleList(downs), centre, nn.ModuleList(ups)
        self.head = head(nn.Conv2d(last, 1, 1))

    def forward(self, image: Tensor) -> Tensor:
        """Return the soft mask (N, 1, S, S), not negative, of images (N, 3, S, S)."""
        x, skips = image, []
        for down in self.downs:
            x = down(x)
            skips.append(x)
            x = nn.functional.max_pool2d(x, 2)
        x = self.centre(x)
        for up, skip in zip(self.ups, reversed(skips), strict=True):
            x = up(torch.cat([skip, nn.functional.interpolate(x, scale_factor=2.0)], dim=1))
        mask: Tensor = self.head(x).relu()
        return mask


def basic_unet(width: int, dilate: bool = False, trainable: bool = False) -> UNet:
    """Return BasicU-Net or DilateU-Net.

    At width 32 they have 34M and 18M trainable parameters (Croitoru et al. 2019).

    Args:
        width: feature maps of the first block; each of the five doubles them.
        dilate: whether the centre is six dilated convolutions.
        trainable: whether those learn.
    """
    maps = [width * 2**i for i in range(5)]
    downs = [layers(maps[i - 1] if i else 3, w, 2) for i, w in enumerate(maps)]
    centre, below = layers(maps[-1], 2 * maps[-1], 2), 2 * maps[-1]
    if dilate:
        centre, below = dilated(maps[-1], trainable), maps[-1]
    ups = []
    for w in reversed(maps):
        ups.append(layers(below + w, w, 3))
        below = w
    return UNet(list(downs), centre, list(ups), width)


def dense_unet(growth: int) -> UNet:
    """Return DenseU-Net, which at growth 12 has 3M parameters (Croitoru et al. 2019).

    Args:
        growth: feature maps that each convolution of the first block adds; the other sizes of the
            paper shrink alike.
    """
    share = growth / GROWTH[0]
    grown = [max(1, round(g * share)) for g in GROWTH]
    maps = [max(1, round(DENSE_MAPS * 2**i * share)) for i in range(5)]  # after each transition
    downs = [DenseBlock(maps[i - 1] if i else 3, g, maps[i]) for i, g in enumerate(grown)]
    centre = DenseBlock(maps[3], max(1, round(CENTRE_GROWTH * share)), maps[4])
    ups = [DenseBlock(maps[i + 1] + maps[i], grown[i], maps[i]) for i in reversed(range(4))]
    return UNet(list(downs), centre, list(ups), maps[0])
