"""Background subtraction with a mixture of Gaussians per pixel, as OpenCV has it."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from selfbench.contracts import Clip, Method, Prediction, Run
from selfbench.params import Params


class Mog2Params(Params):
    """OpenCV's parameters, with its values, and the passes over the clip."""

    history: int = Field(500, ge=1, le=100_000, description="frames the background is made of")
    var_threshold: float = Field(
        16.0, gt=0, le=10_000, description="squared Mahalanobis distance from which a pixel is new"
    )
    detect_shadows: bool = Field(True, description="tell shadows from objects and drop them")
    passes: int = Field(
        2, ge=1, le=10, description="times the clip is seen, the last of which counts; 1 is online"
    )
    use_background: bool = Field(
        False, description="show it the empty scene instead, where the dataset knows that"
    )
    blur: float = Field(
        2.0,
        ge=0,
        le=100,
        description="sigma in pixels that makes the mask soft; 0: binary",
    )


class Mog2(Method):
    """Mixture of Gaussians: what a static camera has not seen at a pixel before is foreground.

    Zivkovic and van der Heijden, "Efficient adaptive density estimation per image pixel for the
    task of background subtraction", Pattern Recognition Letters 2006; OpenCV's implementation. It
    knows nothing of camera motion. Deviations: the clip is seen twice, so that its first frames
    have a background too; until `history` frames are seen they all weigh the same (OpenCV favours
    the first ones); the mask is blurred, so that threshold rules have something to choose.
    """

    name = "mog2"
    Params = Mog2Params
    needs_video = True
    params: Mog2Params

    def __init__(self, params: Mog2Params) -> None:
        super().__init__(params)
        self.supervision = ("known background",) if params.use_background else ()

    def predict(self, clip: Clip, run: Run) -> Iterator[Prediction]:
        """Yield the soft mask of each frame; no boxes."""
        p = self.params
        model = cv2.createBackgroundSubtractorMOG2(p.history, p.var_threshold, p.detect_shadows)
        model.setShadowValue(0)
        passes, seen = p.passes, 0
        if p.use_background and clip.background is not None:
            model.apply(clip.background)
            passes, seen = 1, p.history  # certain, as if seen for long
        for last in (False,) * (passes - 1) + (True,):
            for frame in clip.frames:
                seen = min(seen + 1, p.history)
                mask = model.apply(frame, learningRate=1 / seen)
                if last:
                    yield Prediction(self._soft(mask))

    def _soft(self, mask: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The mask (H, W) of 0 and 255 as numbers in [0, 1]."""
        soft = mask.astype(np.float32) / 255
        if self.params.blur:
            soft = cv2.GaussianBlur(soft, (0, 0), self.params.blur)
        return np.clip(soft, 0, 1)
