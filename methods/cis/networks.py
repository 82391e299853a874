"""The two networks of CIS (Yang et al. 2019, 4.1; layers as in their code)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

LEAKY_SLOPE = 0.2  # of the inpainter's leaky ReLUs (the code of Yang et al. 2019)
BATCH_NORM_EPSILON = 1e-3  # TensorFlow's default, by which a variance of 1 becomes 1.001
LOGIT_SCALE = 10.0  # by which the code divides the generator's logits before the softmax
STANDARD_EPSILON = 1e-6  # keeps constant flow from dividing by zero
COVER_EPSILON = 1e-3  # keeps what is wholly hidden from dividing by zero


class Affine(nn.Module):
    """A learnt scale and shift per channel.

    Yang et al. 2019 say batch normalisation; their code always runs it with mean 0 and variance 1,
    which is this.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(channels, 1, 1))
        self.shift = nn.Parameter(torch.zeros(channels, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Return (B, C, H, W) of the same shape."""
        y: Tensor = x * (self.scale / (1 + BATCH_NORM_EPSILON) ** 0.5) + self.shift
        return y


def _layer(inputs: int, outputs: int, kernel: int = 3, stride: int = 1, rate: int = 1) -> nn.Module:
    """Convolution, affine map and ELU; `rate` is the dilation."""
    conv = nn.Conv2d(inputs, outputs, kernel, stride, rate * (kernel // 2), rate, bias=False)
    nn.init.xavier_uniform_(conv.weight)
    return nn.Sequential(conv, Affine(outputs), nn.ELU())


class Generator(nn.Module):
    """The mask from an image and its flow: encoder to 1/4, atrous convolutions, decoder with skips.

    Args:
        width: channels of the first layer (32 in the paper's code).
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
            flow: (B, 2, H, W) in any unit: each image's channels are standardised.
        """
        mean, std = flow.mean((2, 3), keepdim=True), flow.std((2, 3), keepdim=True)
        standard = (flow - mean) / (std + STANDARD_EPSILON)
        full = self.stem(torch.cat([image, standard], dim=1))  # (B, w, H, W)
        half = self.down2(full)  # (B, 2 w, H / 2, W / 2)
        quarter = self.down4(half)  # (B, 4 w, H / 4, W / 4)
        x = self.joined(self.around(quarter)) + quarter
        x = self.join2(self.up2(x)) + half
        x = self.up1(x) + full
        return torch.softmax(self.head(x).float() / LOGIT_SCALE, dim=1)[:, :1]


class _Double(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return functional.interpolate(x, scale_factor=2, mode="nearest")


def _leaky(inputs: int, outputs: int, kernel: int, stride: int = 1) -> nn.Module:
    conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2)
    nn.init.xavier_uniform_(conv.weight)
    return nn.Sequential(conv, nn.LeakyReLU(LEAKY_SLOPE))


class _Encoder(nn.Module):
    """One of the inpainter's two: features at 1/2, 1/4, ... 1/64 of the input's size."""

    def __init__(self, inputs: int, w: int) -> None:
        super().__init__()
        self.levels = nn.ModuleList(
            [
                _leaky(inputs, w, 7, 2),
                _leaky(w, 2 * w, 5, 2),
                nn.Sequential(_leaky(2 * w, 4 * w, 5, 2), _leaky(4 * w, 4 * w, 3)),
                nn.Sequential(_leaky(4 * w, 8 * w, 3, 2), _leaky(8 * w, 8 * w, 3)),
                nn.Sequential(_leaky(8 * w, 8 * w, 3, 2), _leaky(8 * w, 8 * w, 3)),
                _leaky(8 * w, 8 * w, 3, 2),
            ]
        )

    def forward(self, x: Tensor) -> list[Tensor]:
        features = []
        for level in self.levels:
            x = level(x)
            features.append(x)
        return features


class _Decoder(nn.Module):
    """One step up: features and a flow of twice the size, from both encoders' skips."""

    def __init__(self, inputs: int, outputs: int, skip: int, kernel: int) -> None:
        super().__init__()
        self.up = nn.Conv2d(inputs, outputs, 4)
        self.up_flow = nn.Conv2d(2, 2, 4)
        self.channels = outputs + 2 * skip + 2
        self.flow = nn.Conv2d(self.channels, 2, kernel, padding=kernel // 2)
        for conv in (self.up, self.up_flow, self.flow):
            nn.init.xavier_uniform_(conv.weight)

    def forward(self, x: Tensor, flow: Tensor, skips: tuple[Tensor, Tensor]) -> tuple[Tensor, ...]:
        size = skips[0].shape[2:]
        x, flow = (functional.interpolate(y, size, mode="bilinear") for y in (x, flow))
        padding = (1, 2, 1, 2)  # what a 4 x 4 kernel needs to keep the size
        flow = self.up_flow(functional.pad(flow, padding))
        x = functional.leaky_relu(self.up(functional.pad(x, padding)), LEAKY_SLOPE)
        x = torch.cat([x, *skips, flow], dim=1)
        return x, self.flow(x)


class Inpainter(nn.Module):
    """phi: the hidden flow from the image and the visible flow.

    Args:
        width: channels of the first layers (16 in the paper's code).
        correct: predict what has to be added to the smooth interpolation of the visible flow.
    """

    def __init__(self, width: int, correct: bool) -> None:
        super().__init__()
        w, self.correct = width, correct
        self.of_image, self.of_flow = _Encoder(3, w), _Encoder(4, w)
        self.coarsest = nn.Conv2d(16 * w, 2, 3, padding=1)
        inputs, steps = 16 * w, []
        for outputs, skip, kernel in zip(
            (8 * w, 8 * w, 4 * w, 2 * w, w), (8 * w, 8 * w, 4 * w, 2 * w, w), (3, 3, 3, 3, 5),
            strict=True,
        ):  # fmt: skip
            steps.append(_Decoder(inputs, outputs, skip, kernel))
            inputs = steps[-1].channels
        self.steps = nn.ModuleList(steps)
        if correct:  # nothing, at first
            for parameter in steps[-1].flow.parameters():
                nn.init.zeros_(parameter)

    def forward(self, image: Tensor, flow: Tensor, hidden: Tensor) -> Tensor:
        """Return the predicted flow (B, 2, H, W) everywhere.

        Args:
            image: (B, 3, H, W) in [-0.5, 0.5].
            flow: (B, 2, H, W).
            hidden: (B, 1, H, W) in [0, 1], 1 where flow is hidden from the network.
        """
        visible = 1 - hidden
        flow_input = torch.cat([flow * visible, torch.ones_like(visible), visible], dim=1)
        flow_features, image_features = self.of_flow(flow_input), self.of_image(image)
        x = torch.cat([flow_features.pop(), image_features.pop()], dim=1)  # (B, 16 w, H/64, W/64)
        prediction = self.coarsest(x)  # (B, 2, H / 64, W / 64)
        for step in self.steps:
            x, prediction = step(x, prediction, (flow_features.pop(), image_features.pop()))
        prediction = functional.interpolate(
            prediction.float(), image.shape[2:], mode="bilinear"
        )  # from half the size
        return interpolated(flow, visible) + prediction if self.correct else prediction


def interpolated(flow: Tensor, visible: Tensor) -> Tensor:
    """Return flow (B, 2, H, W) where it is visible, and smoothly filled in where it is not.

    A pyramid of averages: what a level does not cover is taken from the next coarser one, so that
    little remains of a pixel that is nearly hidden. 0 where nothing is visible at all.

    Args:
        flow: (B, 2, H, W).
        visible: (B, 1, H, W) in [0, 1].
    """
    if min(flow.shape[2:]) < 4:
        total = visible.mean((2, 3), keepdim=True)
        mean = (flow * visible).mean((2, 3), keepdim=True) / (total + COVER_EPSILON)
        return mean.expand_as(flow)
    average = functional.avg_pool2d(
        torch.cat([flow * visible, visible], dim=1), 2, ceil_mode=True
    )  # (B, 3, H / 2, W / 2)
    covered = average[:, 2:]
    coarser = interpolated(average[:, :2] / (covered + COVER_EPSILON), covered)
    filling = functional.interpolate(coarser, flow.shape[2:], mode="bilinear")
    return visible * flow + (1 - visible) * filling
