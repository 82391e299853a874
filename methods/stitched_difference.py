"""What differs from the background that other frames show, drawn to edges; nothing is learnt."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from selfbench.contracts import Boxes, Clip, Devices, Frames, Image, Method, Prediction, Run
from selfbench.media.boxes import largest_component
from selfbench.params import Params
from selfbench.store.processors import threads
from selfbench.vision.background.matte import background_difference, shadow_likelihood
from selfbench.vision.background.stitching import Stitched as Background
from selfbench.vision.background.stitching import stitched
from selfbench.vision.crf import local_crf
from selfbench.vision.flow.estimators import shrunk
from selfbench.vision.shots import every_shot

# All ours, chosen on training and validation clips of the twins and on DAVIS train.
# What the CRF is told of a pixel's probability of foreground: where nothing differs, where it
# differs wholly, and where the background is not known.
NOTHING, WHOLLY, UNKNOWN = 0.3, 0.9, 0.5
ENOUGH = 0.5  # share of a frame whose background must be known
SAMPLE = 25  # frames of a shot whose median stands in otherwise
MOST = 0.5  # share of a frame; where more differs, the camera has moved
FOREGROUND = 0.5  # of a soft mask


class StitchedDifferenceParams(Params):
    """What counts as different, and what is done with it."""

    size: int = Field(
        160, ge=32, le=320, description="longer side in pixels to which larger frames are shrunk"
    )
    high: float = Field(
        0.25,
        gt=0.05,
        le=1,
        description="difference of colours in [0, 1] from which a pixel is wholly foreground",
    )
    shadow: float = Field(
        0.7, ge=0, le=1, description="share of a difference that is dropped where a shadow may be"
    )
    crf: bool = Field(True, description="draw the mask to the frame's edges by a dense CRF")
    objects: int = Field(1, ge=1, le=100, description="boxes of a frame, at most")
    use_background: bool = Field(
        False, description="compare with the empty scene instead, where the dataset knows that"
    )


class StitchedDifference(Method):
    """What differs from the stitched background, less shadows, drawn to edges: nothing is learnt.

    Ours; no paper has it. It is the baseline for methods that learn from stitched backgrounds: the
    same information, without the learning. What stands behind a frame is the median of how other
    frames of its shot show it, aligned by homographies. The channel that differs most counts, less
    where the frame looks like the background with less light, and a dense CRF of short reach draws
    that to the frame's edges. The box is the tight one around the largest component.

    Where other frames show less than half of what is behind a frame, the plain median of its shot
    stands in, which is right where a camera stands still before a scene without texture. A frame
    that differs by more than half has an empty mask: the camera has moved.

    Other frames are earlier and later ones, so it is not for live video. An object that stays in
    one place of the scene, or fills the picture, is part of the background to it.
    """

    name = "stitched-difference"
    ours = True
    Params = StitchedDifferenceParams
    params: StitchedDifferenceParams

    def __init__(self, params: StitchedDifferenceParams) -> None:
        super().__init__(params)
        self.supervision = ("known background",) if params.use_background else ()

    def predict(self, clip: Clip, run: Run) -> Iterator[Prediction]:
        """Yield the soft mask of each frame and the boxes of its largest components.

        In memory are 240 backgrounds at `size`, as many frames and 120 on either side with their
        keypoints at 320 pixels, and one frame at its own size: 0.3 GB, however long the clip.
        """
        backgrounds = self._given(clip) or self._stitched(clip, run)
        for frame, behind in zip(clip.frames, backgrounds, strict=True):
            mask = self._mask(shrunk(frame, self.params.size), behind, run.devices)
            soft = np.asarray(cv2.resize(mask, frame.shape[1::-1]), np.float32)
            yield Prediction(soft, *scored_boxes(soft, self.params.objects))

    def _given(self, clip: Clip) -> Iterator[Background] | None:
        """Return the empty scene for each frame; None where it is not known or not asked for."""
        if not self.params.use_background or clip.background is None:
            return None
        return repeat(opaque(shrunk(clip.background, self.params.size)), len(clip.frames))

    def _stitched(self, clip: Clip, run: Run) -> Iterator[Background]:
        """Yield what stands behind each frame, or what stands in for that."""
        replaced, count = 0, len(clip.frames)
        with threads() as pool:
            for shot in every_shot(shrunk(frame, self.params.size) for frame in clip.frames):
                middle: Background | None = None
                height, width = shrunk(clip.frames[shot[0]], self.params.size).shape[:2]
                for behind in stitched(clip.frames, shot, width, height, pool):
                    if behind[..., 3].mean() >= ENOUGH * 255:
                        yield behind
                        continue
                    if middle is None:
                        middle = opaque(median(clip.frames, shot, self.params.size))
                    replaced += 1
                    yield middle
        if replaced:
            run.progress(
                f"{clip.name}: other frames show too little of what is behind {replaced} of {count}"
                " frames, which are compared with the median of their shot"
            )

    def _mask(self, frame: Image, behind: Background, devices: Devices) -> NDArray[np.float32]:
        """Return the soft mask (H, W) of a frame (H, W, 3)."""
        image, background = (devices.images(np.stack([i])) for i in (frame, behind[..., :3]))
        difference = background_difference(image, background, self.params.high)
        difference *= 1 - self.params.shadow * shadow_likelihood(image, background)
        soft: NDArray[np.float32] = difference[0, 0].cpu().numpy()
        if (soft > FOREGROUND).mean() > MOST:
            return np.zeros_like(soft)
        known = behind[..., 3] > 0
        if not self.params.crf:
            return soft * known
        told = np.where(known, NOTHING + (WHOLLY - NOTHING) * soft, np.float32(UNKNOWN))
        return local_crf(frame.shape[1]).refine_soft(frame, told)


def opaque(image: Image) -> Background:
    """Return an image as a background that is known everywhere."""
    return np.dstack([image, np.full(image.shape[:2], 255, np.uint8)])


def median(frames: Frames, shot: tuple[int, int], size: int) -> Image:
    """Return the median of up to `SAMPLE` frames of a shot (start, stop), evenly spread."""
    chosen = np.unique(np.linspace(shot[0], shot[1] - 1, SAMPLE).round().astype(int))
    return np.median([shrunk(frames[int(t)], size) for t in chosen], axis=0).astype(np.uint8)


def scored_boxes(mask: NDArray[np.float32], count: int) -> tuple[Boxes, NDArray[np.float64]]:
    """Return the tight boxes of the `count` largest components, the largest first.

    The score is a component's mean soft value, times its area as a share of the largest one's.
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats((mask > FOREGROUND).astype(np.uint8))
    areas = stats[1:, cv2.CC_STAT_AREA]
    largest = np.argsort(-areas, kind="stable")[:count]
    soft = np.rint(mask * 255).astype(np.uint8)
    found = [largest_component(labels == 1 + i, soft) for i in largest]
    boxes = np.concatenate([np.zeros((0, 4)), *(box for box, _ in found)])
    scores = np.concatenate([np.zeros(0), *(score for _, score in found)])
    return boxes, scores * areas[largest] / areas.max(initial=1)
