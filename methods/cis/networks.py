"""The two networks of CIS (S3 4.1; layers as in its published code)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

SLOPE = 0.2  # of the inpainter's leaky ReLUs


class Affine(nn.Module):
    """A learnt scale and shift per channel.

    S3 says batch normalisation; its code always runs it with mean 0 and variance 1, which is this.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(channels, 1, 1))
        self.shift = nn.Parameter(torch.zeros(channels, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Return (B, C, H, W) of the same shape."""
        found: Tensor = x * (self.scale / 1.001**0.5) + self.shift
        return found


def _layer(inside: int, outside: int, kernel: int = 3, stride: int = 1, rate: int = 1) -> nn.Module:
    conv = nn.Conv2d(inside, outside, kernel, stride, rate * (kernel // 2), rate, bias=False)
    nn.init.xavier_uniform_(conv.weight)
    return nn.Sequential(conv, Affine(outside), nn.ELU())


class Generator(nn.Module):
    """The mask from an image and its flow: encoder to 1/4, atrous convolutions, decoder with skips.

    Args:
        width: channels of the first layer (S3: 32).
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        w = width
        self.stem = _layer(5, w, 5)
        self.down2 = nn.Sequential(_layer(w, 2 * w, stride=2), _layer(2 * w, 2 * w))
        self.down4 = nn.Sequential(
            _layer(2 * w, 4 * w, stride=2), _layer(4 * w, 4 * w), _layer(4 * w, 4 * w)
        )
        self.around = nn.Sequential(*(_layer(4 * w, 4 * w, rate=r) for r in (2, 4, 8, 16)))
        self.joined = _layer(4 * w, 4 * w)
        self.up2 = nn.Sequential(_layer(4 * w, 4 * w), _Double(), _layer(4 * w, 2 * w))
        self.join2 = _layer(2 * w, 2 * w)
        self.up1 = nn.Sequential(_Double(), _layer(2 * w, w))
        last = nn.Conv2d(w // 2, 2, 3, padding=1, bias=False)
        nn.init.xavier_uniform_(last.weight)
        self.head = nn.Sequential(_layer(w, w // 2), last, Affine(2))

    def forward(self, image: Tensor, flow: Tensor) -> Tensor:
        """Return the probability of one of the two regions (B, 1, H, W).

        Args:
            image: (B, 3, H, W) in [-0.5, 0.5]; both sides divide by 4.
            flow: (B, 2, H, W) in any unit: each image's channels are normalised.
        """
        mean, std = flow.mean((2, 3), keepdim=True), flow.std((2, 3), keepdim=True)
        full = self.stem(torch.cat([image, (flow - mean) / (std + 1e-6)], dim=1))
        half = self.down2(full)  # (B, 2 w, H / 2, W / 2)
        quarter = self.down4(half)  # (B, 4 w, H / 4, W / 4)
        x = self.joined(self.around(quarter)) + quarter
        x = self.join2(self.up2(x)) + half
        x = self.up1(x) + full
        return torch.softmax(self.head(x).float() / 10, dim=1)[:, :1]


class _Double(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return functional.interpolate(x, scale_factor=2, mode="nearest")


def _leaky(inside: int, outside: int, kernel: int, stride: int = 1) -> nn.Module:
    conv = nn.Conv2d(inside, outside, kernel, stride, kernel // 2)
    nn.init.xavier_uniform_(conv.weight)
    return nn.Sequential(conv, nn.LeakyReLU(SLOPE))


class _Encoder(nn.Module):
    """One of the inpainter's two: features at 1/2, 1/4, ... 1/64."""

    def __init__(self, inside: int, w: int) -> None:
        super().__init__()
        self.levels = nn.ModuleList(
            [
                _leaky(inside, w, 7, 2),
                _leaky(w, 2 * w, 5, 2),
                nn.Sequential(_leaky(2 * w, 4 * w, 5, 2), _leaky(4 * w, 4 * w, 3)),
                nn.Sequential(_leaky(4 * w, 8 * w, 3, 2), _leaky(8 * w, 8 * w, 3)),
                nn.Sequential(_leaky(8 * w, 8 * w, 3, 2), _leaky(8 * w, 8 * w, 3)),
                _leaky(8 * w, 8 * w, 3, 2),
            ]
        )

    def forward(self, x: Tensor) -> list[Tensor]:
        found = []
        for level in self.levels:
            x = level(x)
            found.append(x)
        return found


class _Decoder(nn.Module):
    """One step up: features and a flow of twice the size, from both encoders' skips."""

    def __init__(self, inside: int, outside: int, skip: int, kernel: int) -> None:
        super().__init__()
        self.up = nn.Conv2d(inside, outside, 4)
        self.up_flow = nn.Conv2d(2, 2, 4)
        self.out = outside + 2 * skip + 2
        self.flow = nn.Conv2d(self.out, 2, kernel, padding=kernel // 2)
        for conv in (self.up, self.up_flow, self.flow):
            nn.init.xavier_uniform_(conv.weight)

    def forward(self, x: Tensor, flow: Tensor, skips: tuple[Tensor, Tensor]) -> tuple[Tensor, ...]:
        size = skips[0].shape[2:]
        x, flow = (functional.interpolate(y, size, mode="bilinear") for y in (x, flow))
        around = (1, 2, 1, 2)  # what a 4 x 4 kernel needs to keep the size
        flow = self.up_flow(functional.pad(flow, around))
        x = functional.leaky_relu(self.up(functional.pad(x, around)), SLOPE)
        x = torch.cat([x, *skips, flow], dim=1)
        return x, self.flow(x)


class Inpainter(nn.Module):
    """The hidden flow from the image and the flow that can be seen (S3 4.1, after CPN).

    Args:
        width: channels of the first layers (S3: 16).
        correct: predict what has to be added to the smooth interpolation of what can be seen.
    """

    def __init__(self, width: int, correct: bool) -> None:
        super().__init__()
        w, self.correct = width, correct
        self.of_image, self.of_flow = _Encoder(3, w), _Encoder(4, w)
        self.coarsest = nn.Conv2d(16 * w, 2, 3, padding=1)
        inside, steps = 16 * w, []
        for outside, skip, kernel in zip(
            (8 * w, 8 * w, 4 * w, 2 * w, w), (8 * w, 8 * w, 4 * w, 2 * w, w), (3, 3, 3, 3, 5),
            strict=True,
        ):  # fmt: skip
            steps.append(_Decoder(inside, outside, skip, kernel))
            inside = steps[-1].out
        self.steps = nn.ModuleList(steps)
        if correct:  # nothing, at first
            for parameter in steps[-1].flow.parameters():
                nn.init.zeros_(parameter)

    def forward(self, image: Tensor, flow: Tensor, hidden: Tensor) -> Tensor:
        """Return the predicted flow (B, 2, H, W) everywhere.

        Args:
            image: (B, 3, H, W) in [-0.5, 0.5].
            flow: (B, 2, H, W).
            hidden: (B, 1, H, W) in [0, 1], 1 where the flow must not be seen.
        """
        seen = 1 - hidden
        left = self.of_flow(torch.cat([flow * seen, torch.ones_like(seen), seen], dim=1))
        right = self.of_image(image)
        x = torch.cat([left.pop(), right.pop()], dim=1)  # (B, 16 w, H / 64, W / 64)
        found = self.coarsest(x)
        for step in self.steps:
            x, found = step(x, found, (left.pop(), right.pop()))
        found = functional.interpolate(found.float(), image.shape[2:], mode="bilinear")
        return interpolated(flow, seen) + found if self.correct else found


def interpolated(flow: Tensor, seen: Tensor) -> Tensor:
    """Return flow (B, 2, H, W) where it is seen, and smoothly filled in where it is not.

    A pyramid of averages: what a level does not cover is taken from the next coarser one, so that
    little remains of a pixel that is nearly hidden. 0 where nothing is seen at all.
    """
    if min(flow.shape[2:]) < 4:
        total = seen.mean((2, 3), keepdim=True)
        return ((flow * seen).mean((2, 3), keepdim=True) / (total + 1e-3)).expand_as(flow)
    average = functional.avg_pool2d(torch.cat([flow * seen, seen], dim=1), 2, ceil_mode=True)
    covered = average[:, 2:]
    coarser = interpolated(average[:, :2] / (covered + 1e-3), covered)
    around = functional.interpolate(coarser, flow.shape[2:], mode="bilinear")
    return seen * flow + (1 - seen) * around
