"""Detector D, synthesis network S, inpainter I and features phi in the forms that need no backbone.

Katircioglu et al. 2022, 3.2 and 3.3.3. `backbones` has those around timm networks.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from selfbench.methods.proposal_is.geometry import GRID


def convolution(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    """Return a 3x3 convolution, batch norm and ReLU."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


class Block(nn.Module):
    """Residual block of two 3x3 convolutions."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.first = convolution(inputs, outputs, stride)
        self.second = nn.Sequential(
            nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs)
        )
        self.skip: nn.Module = nn.Identity()
        if stride > 1 or inputs != outputs:
            self.skip = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, outputs, H / stride, W / stride)."""
        return functional.relu(self.second(self.first(x)) + self.skip(x))


def small_body(widths: tuple[int, ...] = (16, 32, 64, 64)) -> tuple[nn.Module, int]:
    """Return a small ResNet of stride 8 and the number of its channels."""
    layers: list[nn.Module] = [convolution(3, widths[0])]
    layers += [Block(before, after, 2) for before, after in pairwise(widths)]
    return nn.Sequential(*layers, Block(widths[-1], widths[-1], 1)), widths[-1]


class Detector(nn.Module):
    """D: image (B, 3, H, W) -> four box channels and one logit per cell (B, 5, 8, 8).

    Args:
        body: makes maps (B, channels, h, w) of images.
        channels: of those maps.
        side: of the square that images are resized to before, in pixels (Katircioglu et al. 2022:
            128); 0: they stay as they are.
    """

    def __init__(self, body: nn.Module, channels: int, side: int) -> None:
        super().__init__()
        self.body, self.side = body, side
        self.head = nn.Conv2d(channels, 5, 1)
        nn.init.normal_(self.head.weight, std=0.01)  # so that boxes start in the middle
        if self.head.bias is not None:
            nn.init.zeros_(self.head.bias)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return raw boxes (B, 4, 8, 8) and logits (B, 64) of images (B, 3, H, W)."""
        if self.side:
            x = functional.interpolate(x, (self.side, self.side), mode="area")
        cells = functional.adaptive_avg_pool2d(self.body(x), GRID)  # a no-op at 8 x the stride
        out = self.head(cells).float()
        return out[:, :4], out[:, 4].flatten(1)


class Synthesis(nn.Module):
    """S: crop (N, 3, s, s) -> colour (N, 3, s, s) and mask logit (N, 1, s, s).

    A fully connected bottleneck without skips: what it cannot remember of a scene it leaves to I.

    Args:
        size: side s of a crop in pixels, a multiple of 2^len(widths).
        widths: channels of the encoder's levels, each at half the size of the one before.
        latent: units of the bottleneck.
    """

    def __init__(self, size: int, widths: tuple[int, ...], latent: int) -> None:
        super().__init__()
        steps = len(widths)
        self.shape = (widths[-1], size >> steps, size >> steps)
        features = self.shape[0] * self.shape[1] * self.shape[2]
        self.encoder = nn.ModuleList(
            convolution(before, after, 2) for before, after in pairwise((3, *widths))
        )
        self.squeeze = nn.Sequential(nn.Flatten(), nn.Linear(features, latent))
        self.expand = nn.Sequential(nn.Linear(latent, features), nn.ReLU(inplace=True))
        self.decoder = Decoder(widths, 4)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return colour and mask logit of crops x."""
        return self.decode(self.encode(x))

    def encode(self, x: Tensor) -> list[Tensor]:
        """Return crops x and the maps of each level of the encoder, from fine to coarse."""
        levels = [x]
        for layer in self.encoder:
            levels.append(layer(levels[-1]))
        return levels

    def decode(self, levels: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """Return colour and mask logit of what `encode` returns."""
        code = self.squeeze(levels[-1])
        out = self.decoder(self.expand(code).unflatten(1, self.shape)).float()
        return out[:, :3], out[:, 3:]


class Decoder(nn.Module):
    """Doubles the side at each of `widths`, from the last to the first.

    `skips` are the channels of maps that join at each level, from coarse to fine.
    """

    def __init__(
        self, widths: tuple[int, ...], outputs: int, skips: tuple[int, ...] | None = None
    ) -> None:
        super().__init__()
        down = (*widths[::-1], widths[0])
        skips = skips or (0,) * len(widths)
        self.layers = nn.ModuleList(
            convolution(before + skip, after)
            for (before, after), skip in zip(pairwise(down), skips, strict=True)
        )
        self.head = nn.Conv2d(widths[0], outputs, 3, 1, 1)

    def forward(self, x: Tensor, skips: Sequence[Tensor] = ()) -> Tensor:
        """Return (N, outputs, s, s) of maps x (N, C, h, w) and `skips`, from coarse to fine."""
        for i, layer in enumerate(self.layers):
            x = functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
            x = layer(torch.cat([x, skips[i]], dim=1) if skips else x)
        out: Tensor = self.head(x)
        return out


class Inpainter(nn.Module):
    """I: U-Net that fills a hole: image (N, 3, H, W) and hole (N, 1, H, W) -> image (N, 3, H, W).

    On the way down two convolutions with batch norm per level, on the way up a transposed one and
    two without.

    Args:
        hole_channel: whether the hole is an input of its own, beside the image without it.
        widths: channels of each level, each at half the size of the one before.
    """

    def __init__(
        self, hole_channel: bool = False, widths: tuple[int, ...] = (8, 16, 32, 64, 128, 256)
    ) -> None:
        super().__init__()
        self.hole_channel = hole_channel
        self.down = nn.ModuleList(
            nn.Sequential(convolution(before, after), convolution(after, after))
            for before, after in pairwise((3 + hole_channel, *widths))
        )
        pairs = list(pairwise(widths[::-1]))  # (below, skip)
        self.grow = nn.ModuleList(nn.ConvTranspose2d(below, skip, 2, 2) for below, skip in pairs)
        self.up = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(2 * skip, skip, 3, 1, 1),
                nn.ReLU(inplace=True),
                nn.Conv2d(skip, skip, 3, 1, 1),
                nn.ReLU(inplace=True),
            )
            for _, skip in pairs
        )
        self.head = nn.Conv2d(widths[0], 3, 1)

    def forward(self, image: Tensor, hidden: Tensor) -> Tensor:
        """Return a whole image (N, 3, H, W), of which only the hidden region is of interest.

        Args:
            image: (N, 3, H, W).
            hidden: (N, 1, H, W) in [0, 1], 1 where the image is hidden from the network.
        """
        x = image * (1 - hidden)
        if self.hole_channel:
            x = torch.cat([x, hidden], dim=1)
        skips: list[Tensor] = []
        for layer in self.down:
            x = layer(x if not skips else functional.max_pool2d(x, 2))
            skips.append(x)
        for grow, layer, skip in zip(self.grow, self.up, skips[-2::-1], strict=True):
            # Sides that are odd on the way down are made to fit again.
            x = functional.interpolate(grow(x), skip.shape[2:], mode="nearest")
            x = layer(torch.cat([x, skip], dim=1))
        out: Tensor = self.head(x).float()
        return out


class Inpainters(NamedTuple):
    """The frozen inpainters of images and of flow images, None where none is needed."""

    of_image: Inpainter | None = None
    of_flow: Inpainter | None = None


class RandomFeatures(nn.Module):
    """phi without downloaded weights: two fixed random convolutions, each map of unit deviation."""

    def __init__(self, generator: torch.Generator) -> None:
        super().__init__()
        layers = [nn.Conv2d(3, 24, 3, 1, 1, bias=False), nn.Conv2d(24, 32, 3, 2, 1, bias=False)]
        for layer in layers:
            fan = layer.weight[0].numel()
            layer.weight.data.normal_(0, (2 / fan) ** 0.5, generator=generator)
        self.layers = nn.ModuleList(layers)
        self.requires_grad_(False)

    def forward(self, x: Tensor) -> list[Tensor]:
        """Return the feature maps of images (N, 3, H, W), at strides 1 and 2."""
        maps = []
        for layer in self.layers:
            x = functional.relu(layer(x))
            maps.append(x / (x.detach().square().mean().sqrt() + 1e-3))
        return maps
