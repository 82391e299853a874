"""VideoPCA: error images of a PCA background, then colour models learnt from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from selfbench.contracts import Clip, Method, Prediction, Run
from selfbench.methods.videopca import pca
from selfbench.methods.videopca.colour import ColourBins, ColourModel
from selfbench.methods.videopca.settings import VideoPCAParams
from selfbench.methods.videopca.shots import Spool, parts
from selfbench.vision.shots import CutFinder

Map = NDArray[np.float32]  # (size, size)


class VideoPCA(Method):
    """What a few principal components of the video cannot reconstruct is foreground.

    Otilia Stretcu, Marius Leordeanu: "Multiple frames matching for object discovery in video", BMVC
    2015 (Stretcu and Leordeanu 2015); Ioana Croitoru, Simion-Vlad Bogolin, Marius Leordeanu:
    "Unsupervised learning of foreground object segmentation", IJCV 127(9), 2019 (Croitoru et al.
    2019), section 4.2, where it is the first teacher. They give no constants: those are of the
    first stage of the same group's Python code, github.com/emanuelahaller/HPP (Emanuela Haller,
    Marius Leordeanu: "Unsupervised object segmentation in video by efficient selection of highly
    probable positive features", ICCV 2017), as is everything not named below.

    Per shot: frames at 300 x 300, min-max; PCA of the columns less their own mean; the error image
    smoothed, centred and cut at a half gives foreground pixels; their colours against those of
    the rest, over the whole shot, give p_fg / (p_fg + p_bg); that times a centred Gaussian.

    docs/videopca.md lists every deviation.

    Memory in bytes, at most: chunk (3 size^2 + 4096) for the frames under one PCA and a block of
    them, 48 chunk^2 for the Gram matrix, 12 size^2 components for each chunk of the shot, 360
    size^2 for single frames. By default that is 245 MB for 5,000 frames. Meanwhile a file in
    `run.folder` takes 3 size^2 per frame (1.35 GB for 5,000); it vanishes even if the process dies.
    """

    name = "videopca"
    Params = VideoPCAParams
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "released-code": {"final": "hysteresis", "split_cuts": False}
    }
    supervision = ()
    params: VideoPCAParams

    def __init__(self, params: VideoPCAParams) -> None:
        super().__init__(params)
        p = params
        self._bins = ColourBins(p.hue_bins, p.saturation_bins, p.value_bins)
        self._blur = cv2.getGaussianKernel(2 * p.blur_radius + 1, p.blur_sigma, cv2.CV_32F)
        self._centre = centred_gaussian(p.size, p.centre_sigma * p.size)

    def predict(self, clip: Clip, run: Run) -> Iterator[Prediction]:
        """Yield the soft mask of each frame; no boxes.

        Raises:
            StoreError: if the frames cannot be written to `run.folder`.
        """
        p, cuts, height, width = self.params, CutFinder(), 0, 0
        with Spool(run.folder, p.size) as spool:
            for frame in clip.frames:
                height, width = frame.shape[:2]
                resized = cv2.resize(frame, (p.size, p.size), interpolation=cv2.INTER_CUBIC)
                small = np.asarray(resized, np.uint8)
                spool.append(small)
                if p.split_cuts:
                    cuts.add(small)
            shots = [(0, len(spool))] if len(spool) else []
            if p.split_cuts and shots:
                shots = cuts.shots(p.cut_distance, p.cut_ratio, p.shortest_shot)
            for start, stop in shots:
                run.progress(f"{clip.name}: frames {start + 1} to {stop} of {len(spool)}")
                for soft in self._shot(spool, start, stop):
                    mask = cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR)
                    yield Prediction(mask=np.clip(mask, 0, 1))

    def _shot(self, spool: Spool, start: int, stop: int) -> Iterator[Map]:
        """Yield the soft masks (size, size) of one shot: background, then colours, then masks."""
        chunks = parts(start, stop, self.params.chunk)
        backgrounds, lowest = [], np.inf  # lowest: the least error in the shot
        for first, end in chunks:
            frames = spool.read(first, end)
            background = pca.fit(frames, self.params.components)
            backgrounds.append(background)
            lowest = min(lowest, *(background.error(t, f).min() for t, f in enumerate(frames)))
            del frames  # before the next chunk is read
        model = ColourModel(self._bins.count)
        for (first, end), background in zip(chunks, backgrounds, strict=True):
            for t in range(first, end):
                frame = spool.read(t, t + 1)[0]
                cue = self.cue(background.error(t - first, frame) - np.float32(lowest))
                model.add(self._bins.index(frame), cue)
        table = model.table()
        for t in range(start, stop):
            bins = self._bins.index(spool.read(t, t + 1)[0])
            yield self.finish(table.take(bins, mode="clip"))

    def cue(self, error: Map) -> NDArray[np.bool_]:
        """Return the pixels (size, size) whose error image (lowest value 0) stands out."""
        smooth = cv2.sepFilter2D(error, cv2.CV_32F, self._blur, self._blur)
        return min_max(smooth * self._centre) > self.params.cue_threshold

    def finish(self, soft: Map) -> Map:
        """Return the mask (size, size) of a frame, in [0, 1], from the colour model's soft mask."""
        centred = min_max(soft * self._centre)
        if self.params.final == "gaussian":
            return centred
        return min_max(hysteresis(centred, self.params.low, self.params.high) * soft)


def min_max(image: Map) -> Map:
    """Return the image stretched to [0, 1]; zeros if it is flat."""
    low, high = image.min(), image.max()
    return (image - low) / (high - low) if high > low else np.zeros_like(image)


def hysteresis(image: Map, low: float, high: float) -> NDArray[np.bool_]:
    """Return the 8-connected regions above `low` that exceed `high` somewhere."""
    count, labels = cv2.connectedComponents((image > low).astype(np.uint8), connectivity=8)
    kept = np.zeros(count, bool)
    kept[labels[image > high]] = True
    region: NDArray[np.bool_] = kept[labels]
    return region


def centred_gaussian(size: int, sigma: float) -> Map:
    """Return a Gaussian (size, size) around the middle, its peak 1 (min-max follows its use)."""
    offsets = np.arange(size) - (size - 1) / 2
    line = np.exp(-(offsets**2) / (2 * sigma**2))
    return np.outer(line, line).astype(np.float32)
