"""The three U-Nets: BasicU-Net, DilateU-Net and DenseU-Net (S4 4.1, Fig. 2 and the release)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from selfbench.methods.student_teacher.networks import head

RATES = (1, 2, 4, 8, 16, 32)  # of the dilated centre
GROWTH = (12, 24, 48, 64)  # feature maps that each convolution of a dense block adds
CENTRE_GROWTH = 128


def layer(inside: int, out: int, kernel: int = 3) -> nn.Sequential:
    """Return convolution, batch norm, ReLU."""
    return nn.Sequential(
        nn.Conv2d(inside, out, kernel, padding=kernel // 2, bias=False),
        nn.BatchNorm2d(out),
        nn.ReLU(inplace=True),
    )


def layers(inside: int, out: int, count: int) -> nn.Sequential:
    """Return `count` layers of `out` feature maps."""
    return nn.Sequential(*(layer(out if i else inside, out) for i in range(count)))


class DenseBlock(nn.Module):
    """Four layers that see all before them in the block, then a 1 x 1 transition."""

    def __init__(self, inside: int, growth: int, out: int) -> None:
        super().__init__()
        # As released: the first layer's maps start the concatenation, not the block's input.
        self.layers = nn.ModuleList(
            layer(inside if i == 0 else i * growth, growth) for i in range(4)
        )
        self.transition = layer(4 * growth, out, kernel=1)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, out, H, W)."""
        seen = self.layers[0](x)
        for more in list(self.layers)[1:]:
            seen = torch.cat([seen, more(seen)], dim=1)
        found: Tensor = self.transition(seen)
        return found


def dilated(width: int, trainable: bool) -> nn.Sequential:
    """Return six dilated convolutions with ReLU, one after the other, without bias or norm.

    The release never trains them, and only without them are there S4's 18M parameters.
    """
    centre = nn.Sequential()
    for rate in RATES:
        conv = nn.Conv2d(width, width, 3, padding=rate, dilation=rate, bias=False)
        # The release's 0.05 at 512 channels is 2.4 times what keeps the scale; this keeps it.
        nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
        centre.extend([conv.requires_grad_(trainable), nn.ReLU(inplace=True)])
    return centre


class UNet(nn.Module):
    """Blocks on the way down, a centre, blocks on the way up that see the way down."""

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
        found: Tensor = self.head(x).relu()
        return found


def basic_unet(width: int, dilate: bool = False, trainable: bool = False) -> UNet:
    """Return BasicU-Net, 34M parameters at width 32, or DilateU-Net, 18M trainable ones (S4).

    Args:
        width: feature maps of the first block; each of the five doubles them.
        dilate: six dilated convolutions for a centre.
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
    """Return DenseU-Net, 3M parameters at growth 12 (S4).

    Args:
        growth: of the first block; the other sizes of the paper shrink alike.
    """
    share = growth / GROWTH[0]
    grown = [max(1, round(g * share)) for g in GROWTH]
    maps = [max(1, round(32 * 2**i * share)) for i in range(5)]  # after each transition
    downs = [DenseBlock(maps[i - 1] if i else 3, g, maps[i]) for i, g in enumerate(grown)]
    centre = DenseBlock(maps[3], max(1, round(CENTRE_GROWTH * share)), maps[4])
    ups = [DenseBlock(maps[i + 1] + maps[i], grown[i], maps[i]) for i in reversed(range(4))]
    return UNet(list(downs), centre, list(ups), maps[0])
