"""Background subtraction with a mixture of Gaussians per pixel, as OpenCV has it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from selfbench.contracts import Clip, Method, Prediction, Run
from selfbench.params import Params


class Mog2Params(Params):
    """OpenCV's parameters, with its values, and the passes over the clip."""

    history: int = Field(
        500, ge=1, le=100_000,
        description="number of frames that the background model remembers (OpenCV: 500)",
    )  # fmt: skip
    var_threshold: float = Field(
        16.0, gt=0, le=10_000,
        description="squared Mahalanobis distance of a pixel's colour from the background model"
        " above which it is foreground (OpenCV: 16)",
    )  # fmt: skip
    detect_shadows: bool = Field(
        True, description="detect shadows and count them as background (OpenCV: detected)"
    )
    passes: int = Field(
        2, ge=1, le=10,
        description="passes over the clip, the last of which gives masks; 1: online (OpenCV: 1)",
    )  # fmt: skip
    use_background: bool = Field(
        False,
        description="start the model from the empty scene, in one pass, where the dataset gives it"
        " (ours)",
    )
    blur: float = Field(
        2.0, ge=0, le=100,
        description="standard deviation in pixels of the Gaussian that makes masks soft; 0: masks"
        " stay binary (OpenCV: 0)",
    )  # fmt: skip


class Mog2(Method):
    """Mixture of Gaussians per pixel: colours that are new to a static camera are foreground.

    Zoran Zivkovic: "Improved adaptive Gaussian mixture model for background subtraction", ICPR 2004
    (Zivkovic 2004), extended in Zivkovic and van der Heijden: "Efficient adaptive density
    estimation per image pixel for the task of background subtraction", Pattern Recognition Letters
    27(7), 2006; OpenCV's implementation, which knows nothing of camera motion.

    Deviations: two passes over the clip, so that its first frames have a background too; the first
    `history` frames all weigh the same (OpenCV favours the very first); the mask is blurred, so
    that threshold rules have something to choose.
    """

    name = "mog2"
    Params = Mog2Params
    params: Mog2Params

    def __init__(self, params: Mog2Params) -> None:
        super().__init__(params)
        self.supervision = ("known background",) if params.use_background else ()

    def predict(self, clip: Clip, run: Run) -> Iterator[Prediction]:
        """Yield the soft mask of each frame; no boxes."""
        p = self.params
        model = cv2.createBackgroundSubtractorMOG2(p.history, p.var_threshold, p.detect_shadows)
        model.setShadowValue(0)
        passes, remembered = p.passes, 0  # remembered: frames that the model is made of
        if p.use_background and clip.background is not None:
            model.apply(clip.background)
            passes, remembered = 1, p.history  # as certain as after many frames
        for last_pass in (False,) * (passes - 1) + (True,):
            for frame in clip.frames:
                remembered = min(remembered + 1, p.history)
                mask = model.apply(frame, learningRate=1 / remembered)
                if last_pass:
                    yield Prediction(self._soft(mask))

    def _soft(self, mask: NDArray[Any]) -> NDArray[np.float32]:
        """Return a mask (H, W) of 0 and 255 as a soft mask in [0, 1]."""
        soft = np.asarray(mask, np.float32) / 255
        if self.params.blur:
            soft = np.asarray(cv2.GaussianBlur(soft, (0, 0), self.params.blur), np.float32)
        return np.clip(soft, 0, 1)
