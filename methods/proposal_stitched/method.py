"""proposal-stitched: the plug-in. proposal-is on backgrounds that other frames show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import Image
from selfbench.methods.proposal_is import ProposalIS
from selfbench.methods.proposal_is.detection import Detections
from selfbench.methods.proposal_is.images import TrainingImages
from selfbench.methods.proposal_is.model import Model
from selfbench.methods.proposal_stitched.images import StitchedImages
from selfbench.methods.proposal_stitched.model import StitchedModel
from selfbench.methods.proposal_stitched.settings import StitchedParams
from selfbench.vision.crf import local_crf
from selfbench.vision.flow.estimators import shrunk


class ProposalStitched(ProposalIS):
    """proposal-is whose masks learn what differs from the stitched background.

    Ours, after Katircioglu et al. 2022 ("Self-supervised human detection and segmentation via
    background inpainting", IEEE TPAMI 44(12)); no paper has it. Single images at test time, as
    there; in training, where other frames of the clip show what is behind the object, a network
    learns from that what `stitched-difference` computes.
    """

    name = "proposal-stitched"
    ours = True
    Params = StitchedParams
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {"cpu": {}}
    predict_only = ("objects", "refine", "views", "crf")
    Images: ClassVar[type[TrainingImages]] = StitchedImages
    Network: ClassVar[type[Model]] = StitchedModel
    params: StitchedParams

    def mask(self, detections: Detections, index: int, frame: Image) -> NDArray[np.float32]:
        """Return the soft mask (H, W) of the frame that is number `index` in `detections`."""
        if not self.params.crf:
            return super().mask(detections, index, frame)
        small = shrunk(frame)
        mask = super().mask(detections, index, small)
        mask = local_crf(small.shape[1]).refine_soft(small, mask)
        return np.asarray(cv2.resize(mask, frame.shape[1::-1], interpolation=cv2.INTER_LINEAR))
