"""proposal-is: the plug-in. Training in two stages, prediction from single images."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

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
from selfbench.methods.proposal_is.presets import PAPER, PAPER_2019, PAPER_2020
from selfbench.methods.proposal_is.pretrained import fetch, supervision_of
from selfbench.methods.proposal_is.settings import ProposalParams
from selfbench.methods.proposal_is.training import learn
from selfbench.training.launch import launch
from selfbench.training.weights import as_tensors, fitting

BATCH = 32  # images predicted at once


class ProposalIS(Method):
    """Boxes that hide what the background cannot explain; masks that explain it.

    Isinsu Katircioglu, Helge Rhodin, Victor Constantin, Jörg Spörri, Mathieu Salzmann, Pascal Fua:
    "Self-supervised human detection and segmentation via background inpainting", IEEE TPAMI 44(12)
    (Katircioglu et al. 2022). Earlier versions, presets `s0` and `s1`: "Self-supervised training of
    proposal-based segmentation via background prediction", arXiv:1907.08051 (Katircioglu et al.
    2019) and submitted to ICLR 2020 (Katircioglu et al. 2020). Their code is not public; layers
    that the papers leave open are those of the code of the same group's next method (Katircioglu et
    al. 2021: "Human detection and segmentation via multi-view consensus", ICCV).

    A detector D proposes a box per cell of a grid, one is drawn by importance sampling, the
    inpainter I (trained before on random holes, then frozen) fills it, and a bottleneck
    auto-encoder S resynthesises the content of the box as colour and mask. Single images at test
    time.

    The defaults have the paper's losses, sampling and gradients, with small networks, images of 64
    x 64 pixels and minutes of training on two cores, and the prior on boxes and the offsets of the
    papers of 2019 and 2020. docs/proposal-is.md lists every deviation.
    """

    name = "proposal-is"
    sees = "image"
    Params: ClassVar[type[ProposalParams]] = ProposalParams
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "cpu": {},
        "paper": PAPER,
        "s1": PAPER_2020,
        "s0": PAPER_2019,
    }
    predict_only: ClassVar[tuple[str, ...]] = ("objects",)
    # What methods that build on this one replace.
    Images: ClassVar[type[TrainingImages]] = TrainingImages
    Network: ClassVar[type[Model]] = Model
    params: ProposalParams

    def __init__(self, params: ProposalParams) -> None:
        super().__init__(params)
        self.supervision = supervision_of(params)
        self._model: Model | None = None
        self._normalise: Normaliser | None = None

    def fit(self, clips: Sequence[Clip], run: Run) -> None:
        """Train the inpainter, unless the background is known, then the model.

        Raises:
            DataError: if there are no frames, or `weights` names a file that does not fit.
        """
        if not clips:
            raise DataError(f"{self.name} has no clips to learn from; choose a split with some.")
        if run.devices.device.type == "cuda" and self.params.encoder == "small":
            run.progress("there is a GPU: --preset paper trains the paper's networks")
        start = fetch(self.params, run)
        images = self.Images(clips, self.params, run)
        if images.scenes_known:
            self.supervision = (*supervision_of(self.params), "known background")
        weights = launch(learn, run, images, self.params, start, self.Network)
        self.load_weights(weights | images.normalise.state())

    def predict(self, clip: Clip, run: Run) -> Iterator[Prediction]:
        """Yield the mask and the boxes of the most probable cells of each frame."""
        for frames, detections in self._detections(clip, run.devices):
            height, width = frames[0].shape[:2]
            corners = g.to_corners(detections.boxes, width, height).double().numpy()
            scores = detections.p[detections.image_index, detections.cells].double().numpy()
            for i, frame in enumerate(frames):
                of_frame = (detections.image_index == i).numpy()
                mask = self.mask(detections, i, frame)
                yield Prediction(mask, corners[of_frame], scores[of_frame])

    def mask(self, detections: Detections, index: int, frame: Image) -> NDArray[np.float32]:
        """Return the soft mask (H, W) of the frame that is number `index` in `detections`."""
        mask: NDArray[np.float32] = detections.soft_mask(index, frame.shape[:2]).numpy()
        return mask

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
            model = self.Network(self.params).to(memory_format=torch.channels_last)
            model.load_state_dict(tensors)
        self._model, self._normalise = model.eval(), Normaliser(*scale)
