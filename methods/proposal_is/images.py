"""Training images: frames at the working size, normalised by the dataset's own statistics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

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
from selfbench.vision.background.backgrounds import (
    Backgrounds,
    known_backgrounds,
    stitched_backgrounds,
)
from selfbench.vision.background.matte import background_difference, shadow_likelihood
from selfbench.vision.background.recolouring import recoloured
from selfbench.vision.flow.cache import Provider, flow_of_frames, speeds
from selfbench.vision.flow.colours import colours
from selfbench.vision.flow.estimators import Kind

# Mattes, which masks are compared with (ours): the difference of colours in [0, 1] from which a
# pixel is certainly not background, and what remains of a matte where that may be a shadow's.
CERTAIN, SHADOW = 0.25, 0.3
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
            self.normalise = Normaliser.of(self._coloured(sample, np.zeros(len(sample), np.bool_)))
        else:
            self.normalise = Normaliser.imagenet()  # as the code of Katircioglu et al. 2021 does

    def pick(
        self, indices: NDArray[np.int64], mirrored: NDArray[np.bool_], devices: Devices
    ) -> Tensor:
        """Return the images (N, 3, H, W) of frames `indices` (N,), `mirrored` (N,) or not."""
        return self.normalise(self._coloured(indices, mirrored), devices)

    def _coloured(
        self, indices: NDArray[np.int64], mirrored: NDArray[np.bool_]
    ) -> NDArray[np.uint8]:
        """Return the images (N, H, W, 3); the clip's usual speed has full saturation."""
        flow = self._flow.pick(indices, np.ones_like(indices))  # (N, H, W, 2)
        flow = flow / self._speed[indices, None, None, None]
        # In a mirror things move the other way, which is another hue.
        flow[mirrored] = flow[mirrored, :, ::-1] * np.array([-1, 1], np.float32)
        return colours(flow, 1.0)


class Batch(NamedTuple):
    """Training images (N, 3, H, W), and what belongs to them where it is known or asked for."""

    image: Tensor
    background: Tensor | None = None  # (N, 3, H, W), instead of an inpainter's
    known: Tensor | None = None  # (N, 1, H, W), bool: where background is known; None: everywhere
    matte: Tensor | None = None  # (N, 1, H, W), 0 to 1: what differs from the background
    flow: Tensor | None = None  # (N, 3, H, W), flow as colours


class TrainingImages(Mapped):
    """All frames of the training clips, and their backgrounds where those are known.

    Raises:
        DataError: if there is no frame.
    """

    def __init__(self, clips: Sequence[Clip], params: ProposalParams, run: Run) -> None:
        self.flip, self.recolour = params.flip, params.recolour
        self.with_mattes = params.matte_weight > 0
        width, height = params.size
        resized = cached_frames(clips, width, height, run.folder)
        self.frames, self.clip = resized.frames, resized.owner  # (N, H, W, 3), (N,)
        if not len(self.frames):
            raise DataError("The training clips have no frames; choose clips with at least one.")
        own = params.statistics == "dataset"
        self.normalise = Normaliser.of(self.frames) if own else Normaliser.imagenet()
        self.backgrounds = _backgrounds(resized, params, run)
        self.flow: FlowImages | None = None
        if params.flow != "none":
            self.flow = FlowImages(resized, params.flow, params, run)

    def batch(self, count: int, generator: torch.Generator, devices: Devices) -> Batch:
        """Return random images drawn from `generator`.

        Of `count` images every process of `devices` gets its share.
        """
        count = devices.share(count)
        indices = np.sort(torch.randint(len(self.frames), (count,), generator=generator).numpy())
        mirrored = torch.rand(count, generator=generator).numpy() < 0.5 * self.flip
        image = devices.images(_mirror(self.frames[indices], mirrored))
        background = known = matte = flow = None
        if self.backgrounds is not None:
            rgb_known = _mirror(self.backgrounds.pick(indices), mirrored)  # (N, H, W, 4)
            background = devices.images(rgb_known[..., :3])
            known = devices.put(torch.from_numpy(rgb_known[:, None, ..., 3] > 0))
            if self.with_mattes or self.recolour:
                shadow = shadow_likelihood(image, background)
            if self.with_mattes:
                matte = (
                    background_difference(image, background, CERTAIN)
                    * (1 - (1 - SHADOW) * shadow)
                    * known
                )
            if self.recolour:
                moving = background_difference(image, background) * (1 - shadow) * known
                image = recoloured(image, moving, self.recolour, generator)
            background = self.normalise.scaled(background)
        if self.flow is not None:
            flow = self.flow.pick(indices, mirrored, devices)
        return Batch(self.normalise.scaled(image), background, known, matte, flow)


def _mirror(frames: NDArray[np.uint8], mirrored: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return images (N, H, W, C) of which those that `mirrored` (N,) names are mirrored."""
    frames = np.array(frames)
    frames[mirrored] = frames[mirrored, :, ::-1]
    return frames


def _backgrounds(resized: ResizedFrames, params: ProposalParams, run: Run) -> Backgrounds | None:
    """Return the backgrounds of the frames, None where an inpainter is needed for them."""
    if params.known_background and (empty_scenes := known_backgrounds(resized)):
        return empty_scenes
    if params.fill == "inpainted":
        return None
    return stitched_backgrounds(resized, run, "an inpainter is trained")
