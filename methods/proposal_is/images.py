"""Training images: frames at the working size, normalised by the dataset's own statistics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from selfbench.contracts import Clip, Run
from selfbench.devices import Devices
from selfbench.errors import DataError
from selfbench.frame_cache import cached_frames, resized
from selfbench.methods.proposal_is.settings import ProposalParams


@dataclass(frozen=True)
class Normaliser:
    """The mean and deviation of each channel; losses live in the space it maps to."""

    mean: Tensor  # (3,)
    std: Tensor  # (3,)

    @classmethod
    def of(cls, frames: NDArray[np.uint8]) -> Normaliser:
        """Measure frames (N, H, W, 3), of very many an even sample."""
        pixels = frames[:: max(1, len(frames) // 2000)].reshape(-1, 3) / np.float32(255)
        std = np.maximum(pixels.std(axis=0), 1e-2)  # black clips must not divide by zero
        return cls(torch.from_numpy(pixels.mean(axis=0)), torch.from_numpy(std))

    @classmethod
    def imagenet(cls) -> Normaliser:
        """The values that ImageNet networks were trained with (S2)."""
        return cls(torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225]))

    def __call__(self, frames: NDArray[np.uint8], devices: Devices) -> Tensor:
        """Return frames (N, H, W, 3) as (N, 3, H, W) of about unit deviation on the device."""
        # A quarter of the bytes travels when they become floats on the device.
        image = devices.put(torch.from_numpy(frames)).permute(0, 3, 1, 2).float() / 255
        mean, std = self.mean.to(image.device), self.std.to(image.device)
        image = (image - mean.view(3, 1, 1)) / std.view(3, 1, 1)
        return image.contiguous(memory_format=torch.channels_last)


class TrainingImages:
    """All frames of the training clips, and their empty scenes where those are known."""

    def __init__(self, clips: Sequence[Clip], params: ProposalParams, run: Run) -> None:
        width, height = params.size
        self.frames, self.clip = cached_frames(clips, width, height, run.folder)
        if not len(self.frames):
            raise DataError("The training clips have no frames; choose clips with at least one.")
        own = params.statistics == "dataset"
        self.normalise = Normaliser.of(self.frames) if own else Normaliser.imagenet()
        self.backgrounds: NDArray[np.uint8] | None = None
        empty = [clip.background for clip in clips]
        if params.known_background and clips and all(image is not None for image in empty):
            scenes = [resized(image, width, height) for image in empty if image is not None]
            self.backgrounds = np.stack(scenes)

    def __getstate__(self) -> dict[str, Any]:
        """Frames travel to other processes as the name of their file."""
        assert isinstance(self.frames, np.memmap)
        return self.__dict__ | {"frames": self.frames.filename}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state | {"frames": np.load(state["frames"], mmap_mode="r")})

    def batch(
        self, count: int, flip: bool, generator: torch.Generator, devices: Devices
    ) -> tuple[Tensor, Tensor | None]:
        """Return random images (count, 3, H, W) and their backgrounds, drawn from `generator`.

        Of `count` images every process of `devices` gets its share.
        """
        count = devices.share(count)
        chosen = torch.randint(len(self.frames), (count,), generator=generator).numpy()
        mirrored = torch.rand(count, generator=generator).numpy() < 0.5 * flip
        image = self._mirror(self.frames[np.sort(chosen)], mirrored, devices)
        if self.backgrounds is None:
            return image, None
        scenes = self.backgrounds[self.clip[np.sort(chosen)]]
        return image, self._mirror(scenes, mirrored, devices)

    def _mirror(
        self, frames: NDArray[np.uint8], mirrored: NDArray[np.bool_], devices: Devices
    ) -> Tensor:
        frames = np.array(frames)
        frames[mirrored] = frames[mirrored, :, ::-1]
        return self.normalise(frames, devices)
