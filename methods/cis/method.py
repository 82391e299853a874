"""CIS: the plug-in. Trains both networks, predicts with the generator alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

import cv2
import numpy as np
import torch
from torch import Tensor

from selfbench.contracts import Clip, Method, Prediction, Run
from selfbench.errors import DataError
from selfbench.media.frames import resized
from selfbench.methods.cis.images import TrainingImages, flow_provider
from selfbench.methods.cis.inference import Maps, masks_of_clip, smoothed
from selfbench.methods.cis.networks import Generator
from selfbench.methods.cis.presets import PAPER, RELEASED
from selfbench.methods.cis.settings import CISParams
from selfbench.methods.cis.training import learn
from selfbench.training.launch import launch
from selfbench.training.weights import as_tensors, fitting
from selfbench.vision.crf import DenseCRF
from selfbench.vision.flow.cache import clip_flows, steps_between

SUPERVISION = {
    "raft": ("RAFT trained on synthetic videos with true flow",),
    "files": ("flow files of the user's",),
    "clip": ("flow that the data set gives",),
}
PAPER_WIDTH = 32  # channels of the generator in the preset `paper`


class CIS(Method):
    """A mask generator that leaves a flow inpainter no clue, trained against it.

    Yanchao Yang, Antonio Loquercio, Davide Scaramuzza, Stefano Soatto: "Unsupervised moving object
    detection via contextual information separation", CVPR 2019 (Yang et al. 2019), and its code,
    github.com/antonilo/unsupervised_detection, where the paper is silent: batch norm that is an
    affine map, epsilon 75, clipped gradients, one step of the inpainter to three of the generator.
    The preset `released` is what that code does otherwise than the paper says.

    The losses are Eqs. 7 and 9, the mask of a frame the mean over its flows, refined by a CRF. The
    defaults are made for minutes on two cores: small images and networks, and a schedule for few
    steps. docs/cis.md lists every deviation.
    """

    name = "cis"
    Params = CISParams
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "cpu": {},
        "paper": PAPER,
        "released": RELEASED,
    }
    sees = "flow"
    predict_only = (
        "test_reach", "border_level", "border_share", "binary", "crops", "smooth", "crf",
        "crf_xy", "crf_rgb", "crf_weight", "crf_iterations",
    )  # fmt: skip
    params: CISParams

    def __init__(self, params: CISParams) -> None:
        super().__init__(params)
        self.supervision = SUPERVISION.get(params.flow, ())
        self._generator: Generator | None = None

    def fit(self, clips: Sequence[Clip], run: Run) -> None:
        """Train on the frames and flow of all clips.

        Raises:
            DataError: if no clip has two frames, or the flow that is asked for is missing.
        """
        if not clips:
            raise DataError(f"{self.name} has no clips to learn from; choose a split with some.")
        if run.devices.device.type == "cuda" and self.params.generator_width < PAPER_WIDTH:
            run.progress("there is a GPU: --preset paper trains the paper's networks")
        images = TrainingImages(clips, self.params, run)
        self.load_weights(launch(learn, run, images, self.params))

    def predict(self, clip: Clip, run: Run) -> Iterator[Prediction]:
        """Yield the mask of each frame: mean over flows, smoothed in time, refined by a CRF."""
        soft = self.soft_masks(clip, run)
        for frame, small in zip(clip.frames, soft, strict=True):
            height, width = frame.shape[:2]
            mask = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
            mask = np.clip(mask, 0, 1)
            yield Prediction(self.crf(width).refine_soft(frame, mask) if self.params.crf else mask)

    def crf(self, width: int) -> DenseCRF:
        """Return the CRF for frames `width` pixels wide: colours alone, no smoothness term."""
        p = self.params
        return DenseCRF(
            smooth_weight=0,
            colour_xy=p.crf_xy * width,
            colour_rgb=p.crf_rgb,
            colour_weight=p.crf_weight,
            iterations=p.crf_iterations,
        )

    def soft_masks(self, clip: Clip, run: Run) -> Maps:
        """Return the masks (n, h, w) of all frames at the working size, before the CRF."""
        assert self._generator is not None, "fit or load_weights comes first"
        p = self.params
        run.devices.place(self._generator)
        width, height = p.size
        frames = np.zeros((len(clip.frames), height, width, 3), np.uint8)
        for t, frame in enumerate(clip.frames):
            frames[t] = resized(frame, width, height)
        provider = flow_provider(p)
        steps = steps_between(provider, [clip], max(p.reach, p.test_reach))
        furthest = max(p.test_reach, abs(steps[0]))  # files may hold no flow to the next frame
        steps = tuple(step for step in steps if abs(step) <= furthest)
        flows = clip_flows(clip, frames, provider, steps, run)
        masks = masks_of_clip(self._generator, frames, flows, p, run.devices)
        return smoothed(masks, flows, p.smooth) if p.smooth else masks

    def weights(self) -> dict[str, Tensor]:
        """Return those of the generator; the inpainter is only needed in training."""
        assert self._generator is not None
        return dict(self._generator.state_dict())

    def load_weights(self, weights: Mapping[str, Any]) -> None:
        """Take the weights back.

        Raises:
            DataError: if they belong to another architecture.
        """
        generator = Generator(self.params.generator_width).to(memory_format=torch.channels_last)
        with fitting(self.name):
            generator.load_state_dict(as_tensors(weights))
        self._generator = generator.eval()
