"""proposal-is: the plug-in. Training in two stages, prediction from single images."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from selfbench.contracts import Clip, Devices, Image, Marks, Method, Prediction, Run
from selfbench.errors import DataError
from selfbench.media.frames import resized
from selfbench.methods.proposal_is import geometry as g
from selfbench.methods.proposal_is.detection import Detections, detect
from selfbench.methods.proposal_is.images import Normaliser, TrainingImages
from selfbench.methods.proposal_is.model import Model
from selfbench.methods.proposal_is.pictures import marks
from selfbench.methods.proposal_is.presets import PAPER, PAPER_LOSSES
from selfbench.methods.proposal_is.pretrained import fetch, supervision_of
from selfbench.methods.proposal_is.settings import ProposalParams
from selfbench.methods.proposal_is.training import learn
from selfbench.training.launch import launch
from selfbench.training.weights import as_tensors, fitting
from selfbench.vision.crf import local_crf
from selfbench.vision.flow.estimators import shrunk

BATCH = 32  # images predicted at once


class ProposalIS(Method):
    """Boxes that hide what the background cannot explain; masks that explain it.

    Isinsu Katircioglu, Helge Rhodin, Victor Constantin, Jörg Spörri, Mathieu Salzmann, Pascal Fua:
    "Self-supervised human detection and segmentation via background inpainting", IEEE TPAMI 44(12)
    (Katircioglu et al. 2022). Earlier versions: "Self-supervised training of proposal-based
    segmentation via background prediction", arXiv:1907.08051 (Katircioglu et al. 2019) and
    submitted to ICLR 2020 (Katircioglu et al. 2020). Their code is not public; layers that the
    papers leave open are those of the code of the same group's next method (Katircioglu et al.
    2021: "Human detection and segmentation via multi-view consensus", ICCV).

    A detector D proposes a box per cell of a grid, one is drawn by importance sampling, the
    inpainter I (trained before on random holes, then frozen) fills it, and a bottleneck
    auto-encoder S resynthesises the content of the box as colour and mask. Single images at test
    time.

    Deviations of the preset `paper`: I gets the hole as an input and learns by L2 alone; D's last
    layers are those of timm's ResNet-18 (512 channels, dilated); q leaves out the dead cells; no
    prior on the position of boxes. Where ImageNet weights cannot be had it starts at random.

    Deviations of the defaults, which are made for minutes on two cores; the preset `paper` takes
    back all, `paper-losses` all but the first:
    - Small networks from random weights at 64 x 64 pixels, losses in the dataset's own normalised
      space, and two fixed random convolutions for the perceptual loss.
    - In training the background of a box comes from other frames of the clip, aligned by
      homographies (`fill`); an inpainter is trained only where they show less than half of it. L_bg
      is per square root of the area: background errors are small now, and a box around the
      brightest part of the object would win otherwise.
    - The size of the box. By L_fg alone it grows to its limit or collapses, depending on the scene.
      Here S is shown 1.5 times the box, L_fg moves only the centre, and the box follows the moments
      of S's mask (`fit_weight`), cells weighing as much as they are probable; a prior holds it near
      its first size of 0.2 x 0.4, an upright person's, as Katircioglu et al. 2019 and 2020 did for
      the mean box. At test time the box of the mask is taken, and the mask anew in it (`refine`),
      as the mean over nine views (`views`); the box that is returned is the tight one around that
      mask, which is scaled by its median, not by its peak. A dense CRF of few pixels' reach refines
      it to the edges of the frame (`crf`); the preset leaves the paper's, of default parameters, to
      `--post crf`.
    - Masks have skips (`mask_skips`): a bottleneck of minutes holds a blob and no limbs. They
      enter late, after p and then the bottleneck have settled; from the start, masks became the
      bright surroundings instead of the person.
    - Masks are compared with what differs from the background, shadows less (`matte_weight`): by
      L_fg they depend on the colours of S, which are wrong on clothes that were not in training.
      Where an inpainter fills boxes this is left out.
    - Masks are not stretched to a maximum of 1: where that was done, one bright spot was enough.
    - alpha 0.2 and zeta 0.02 for p, which stayed nearly uniform otherwise.
    """

    name = "proposal-is"
    Params = ProposalParams
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "cpu": {},
        "paper": PAPER,
        "paper-losses": PAPER_LOSSES,
    }
    predict_only = ("objects", "refine", "views", "crf")
    params: ProposalParams

    def __init__(self, params: ProposalParams) -> None:
        super().__init__(params)
        self.supervision = supervision_of(params)
        self._model: Model | None = None
        self._normalise: Normaliser | None = None

    def fit(self, clips: Sequence[Clip], run: Run) -> None:
        """Train the inpainter, unless the background is known or stitched, then the model.

        Raises:
            DataError: if there are no frames, or `weights` names a file that does not fit.
        """
        if not clips:
            raise DataError(f"{self.name} has no clips to learn from; choose a split with some.")
        if run.devices.device.type == "cuda" and self.params.encoder == "small":
            run.progress("there is a GPU: --preset paper trains the paper's networks")
        start = fetch(self.params, run)
        images = TrainingImages(clips, self.params, run)
        weights = launch(learn, run, images, self.params, start)
        self.load_weights(weights | images.normalise.state())

    def predict(self, clip: Clip, run: Run) -> Iterator[Prediction]:
        """Yield the mask and the boxes of the most probable cells of each frame."""
        for frames, detections in self._detections(clip, run.devices):
            height, width = frames[0].shape[:2]
            corners = g.to_corners(detections.boxes, width, height).double().numpy()
            scores = detections.p[detections.image_index, detections.cells].double().numpy()
            for i, frame in enumerate(frames):
                of_frame = (detections.image_index == i).numpy()
                mask = self._mask(detections, i, frame)
                yield Prediction(mask, corners[of_frame], scores[of_frame])

    def _mask(self, detections: Detections, index: int, frame: Image) -> NDArray[np.float32]:
        """Return the soft mask (H, W) of the frame that is number `index` in `detections`."""
        if not self.params.crf:
            return detections.soft_mask(index, frame.shape[:2]).numpy()
        small = shrunk(frame)
        mask = detections.soft_mask(index, small.shape[:2]).numpy()
        mask = local_crf(small.shape[1]).refine_soft(small, mask)
        return np.asarray(cv2.resize(mask, frame.shape[1::-1], interpolation=cv2.INTER_LINEAR))

    def marks(self, clip: Clip, run: Run) -> Iterator[Marks]:
        """Yield p at the cells and lines from cell to box centre, in pixels of the frames.

        Katircioglu et al. 2022 draw them so (Fig. 7).
        """
        for frames, detections in self._detections(clip, run.devices):
            height, width = frames[0].shape[:2]
            yield from (marks(detections, i, width, height) for i in range(len(frames)))

    def _detections(self, clip: Clip, devices: Devices) -> Iterator[tuple[list[Image], Detections]]:
        """Yield the frames in batches, and the objects in them."""
        assert self._model is not None, "fit or load_weights comes first"
        assert self._normalise is not None
        devices.place(self._model)
        pending: list[Image] = []
        for count, frame in enumerate(clip.frames, 1):
            pending.append(frame)
            if len(pending) == BATCH or count == len(clip.frames):
                small = np.stack([resized(image, *self.params.size) for image in pending])
                image = self._normalise(small, devices)
                yield pending, detect(self._model, image, self.params.objects)
                pending = []

    def weights(self) -> dict[str, Tensor]:
        """Return those of detector and synthesis network, and the normalisation."""
        assert self._model is not None
        assert self._normalise is not None
        return {**self._model.state_dict(), **self._normalise.state()}

    def load_weights(self, weights: Mapping[str, Any]) -> None:
        """Take the weights back.

        Raises:
            DataError: if they belong to another architecture.
        """
        tensors = as_tensors(weights)
        with fitting(self.name):
            scale = tensors.pop("normalise.mean"), tensors.pop("normalise.std")
            # The layout too: another one adds in another order and changes the last digits.
            model = Model(self.params).to(memory_format=torch.channels_last)
            model.load_state_dict(tensors)
        self._model, self._normalise = model.eval(), Normaliser(*scale)
