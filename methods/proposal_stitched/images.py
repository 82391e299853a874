"""Training images with stitched backgrounds, and what differs from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from selfbench.contracts import Devices, Run
from selfbench.media.clips import ResizedFrames
from selfbench.methods.proposal_is.images import Batch, TrainingImages
from selfbench.methods.proposal_stitched.settings import StitchedParams
from selfbench.vision.background.backgrounds import Backgrounds, stitched_backgrounds
from selfbench.vision.background.matte import background_difference, shadow_likelihood
from selfbench.vision.background.recolouring import recoloured

# The difference of colours in [0, 1] from which a pixel is certainly not background, and what
# remains of a matte where that may be a shadow's.
CERTAIN, SHADOW = 0.25, 0.3


@dataclass(frozen=True, kw_only=True)
class StitchedBatch(Batch):
    """Beside the background what differs from it."""

    matte: Tensor  # (N, 1, H, W), 0 to 1
    known: Tensor  # (N, 1, H, W), bool: where the background is known


class StitchedImages(TrainingImages):
    """Frames whose background other frames of their clip show."""

    params: StitchedParams

    def find_backgrounds(self, resized: ResizedFrames, run: Run) -> Backgrounds | None:
        """Return what other frames show, None where that is too little."""
        return stitched_backgrounds(resized, run, "an inpainter is trained")

    def of(self, indices: NDArray[np.int64], generator: torch.Generator, devices: Devices) -> Batch:
        """Return the images of frames `indices` (N,), of which some get other colours."""
        rgb_known = self.background(indices, devices)
        if rgb_known is None:
            return super().of(indices, generator, devices)
        image = devices.images(self.frames[indices])
        background, known = rgb_known[:, :3], rgb_known[:, 3:] > 0
        shadow = shadow_likelihood(image, background)
        difference = background_difference(image, background, CERTAIN)
        matte = difference * (1 - (1 - SHADOW) * shadow) * known
        if self.params.recolour:
            moving = background_difference(image, background) * (1 - shadow) * known
            image = recoloured(image, moving, self.params.recolour, generator)
        background = torch.where(known, background, image)  # nothing to explain where not known
        scaled = self.normalise.scaled
        flow = self.flow_of(indices, devices)
        return StitchedBatch(scaled(image), scaled(background), flow, matte=matte, known=known)
