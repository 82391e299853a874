"""Training images: frames at the working size, normalised by the dataset's own statistics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from selfbench.contracts import Clip, Devices, Run
from selfbench.errors import DataError
from selfbench.media.clips import ResizedFrames
from selfbench.methods.proposal_is.settings import ProposalParams
from selfbench.store.arrays import Mapped
from selfbench.training.frame_cache import cached_frames
from selfbench.vision.background.backgrounds import Backgrounds, known_backgrounds
from selfbench.vision.flow.cache import Provider, flow_of_frames, speeds
from selfbench.vision.flow.colours import colours
from selfbench.vision.flow.estimators import Kind

SAMPLE = 2000  # frames at most from which statistics are measured


@dataclass(frozen=True)
class Normaliser:
    """The mean and deviation of each channel; losses are computed in the space it maps to."""

    mean: Tensor  # (3,)
    std: Tensor  # (3,)

    @classmethod
    def of(cls, frames: NDArray[np.uint8]) -> Normaliser:
        """Measure frames (N, H, W, 3), of very many an even sample."""
        pixels = frames[:: max(1, len(frames) // SAMPLE)].reshape(-1, 3) / np.float32(255)
        std = np.maximum(pixels.std(axis=0), 1e-2)  # black clips must not divide by zero
        return cls(torch.from_numpy(pixels.mean(axis=0)), torch.from_numpy(std))

    @classmethod
    def imagenet(cls) -> Normaliser:
        """Return the values that ImageNet networks were trained with (Katircioglu et al. 2021)."""
        return cls(torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225]))

    def state(self) -> dict[str, Tensor]:
        """Return both as they are stored among a model's weights."""
        return {"normalise.mean": self.mean, "normalise.std": self.std}

    def __call__(self, frames: NDArray[np.uint8], devices: Devices) -> Tensor:
        """Return frames (N, H, W, 3) as (N, 3, H, W) of about unit deviation on the device."""
        return self.scaled(devices.images(frames))

    def scaled(self, image: Tensor) -> Tensor:
        """Return images (N, 3, H, W) in [0, 1], normalised."""
        mean, std = self.mean.to(image.device), self.std.to(image.device)
        image = (image - mean.view(3, 1, 1)) / std.view(3, 1, 1)
        return image.contiguous(memory_format=torch.channels_last)


class FlowImages:
    """The flow of all training frames, as colour images (Katircioglu et al. 2022, 3.5)."""

    def __init__(
        self, resized: ResizedFrames, kind: Kind, params: ProposalParams, run: Run
    ) -> None:
        self._flow = flow_of_frames(resized, Provider(kind, stabilise=True), 1, run)
        self._speed = speeds(self._flow)
        if params.statistics == "dataset":
            sample = np.arange(0, len(self._flow), max(1, len(self._flow) // SAMPLE))
            self.normalise = Normaliser.of(self._coloured(sample))
        else:
            self.normalise = Normaliser.imagenet()  # as the code of Katircioglu et al. 2021 does

    def pick(self, indices: NDArray[np.int64], devices: Devices) -> Tensor:
        """Return the images (N, 3, H, W) of frames `indices` (N,)."""
        return self.normalise(self._coloured(indices), devices)

    def _coloured(self, indices: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Return the images (N, H, W, 3); the clip's usual speed has full saturation."""
        flow = self._flow.pick(indices, np.ones_like(indices))  # (N, H, W, 2)
        flow = flow / self._speed[indices, None, None, None]
        return colours(flow, 1.0)


@dataclass(frozen=True)
class Batch:
    """Training images (N, 3, H, W), and what belongs to them where it is known or asked for."""

    image: Tensor
    background: Tensor | None = None  # (N, 3, H, W), instead of an inpainter's
    flow: Tensor | None = None  # (N, 3, H, W), flow as colours


class TrainingImages(Mapped):
    """All frames of the training clips, and their backgrounds where those are known.

    Methods that build on this one override `find_backgrounds` and `of`.

    Raises:
        DataError: if there is no frame.
    """

    def __init__(self, clips: Sequence[Clip], params: ProposalParams, run: Run) -> None:
        self.params = params
        width, height = params.size
        resized = cached_frames(clips, width, height, run.folder)
        self.frames = resized.frames  # (N, H, W, 3)
        if not len(self.frames):
            raise DataError("The training clips have no frames; choose clips with at least one.")
        own = params.statistics == "dataset"
        self.normalise = Normaliser.of(self.frames) if own else Normaliser.imagenet()
        known = known_backgrounds(resized) if params.known_background else None
        self.scenes_known = known is not None
        self.backgrounds = known or self.find_backgrounds(resized, run)
        self.flow: FlowImages | None = None
        if params.flow != "none":
            self.flow = FlowImages(resized, params.flow, params, run)

    def find_backgrounds(self, resized: ResizedFrames, run: Run) -> Backgrounds | None:
        """Return the backgrounds of frames whose empty scene is not known; None: an inpainter's."""
        return None

    def batch(self, count: int, generator: torch.Generator, devices: Devices) -> Batch:
        """Return random images drawn from `generator`.

        Of `count` images every process of `devices` gets its share.
        """
        count = devices.share(count)
        indices = np.sort(torch.randint(len(self.frames), (count,), generator=generator).numpy())
        return self.of(indices, generator, devices)

    def of(self, indices: NDArray[np.int64], generator: torch.Generator, devices: Devices) -> Batch:
        """Return the images of frames `indices` (N,) and what belongs to them."""
        image = self.normalise(self.frames[indices], devices)
        background = self.background(indices, devices)
        if background is not None:
            background = self.normalise.scaled(background[:, :3])
        return Batch(image, background, self.flow_of(indices, devices))

    def background(self, indices: NDArray[np.int64], devices: Devices) -> Tensor | None:
        """Return what is behind frames, (N, 4, H, W) in [0, 1]: RGB, and where it is known."""
        if self.backgrounds is None:
            return None
        return devices.images(self.backgrounds.pick(indices))

    def flow_of(self, indices: NDArray[np.int64], devices: Devices) -> Tensor | None:
        """Return the flow (N, 3, H, W) of frames as images, None where there is none."""
        return None if self.flow is None else self.flow.pick(indices, devices)
