"""proposal-is: the plug-in. Training in two stages, prediction from single images."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from selfbench.contracts import Clip, Image, Marks, Method, Prediction, Run
from selfbench.crf import DenseCRF
from selfbench.errors import DataError
from selfbench.frame_cache import resized
from selfbench.methods.proposal_is import geometry as g
from selfbench.methods.proposal_is.detection import Found, find
from selfbench.methods.proposal_is.images import FlowImages, Normaliser, TrainingImages
from selfbench.methods.proposal_is.inpainting import train_inpainter
from selfbench.methods.proposal_is.model import Model
from selfbench.methods.proposal_is.networks import Inpainter, RandomFeatures
from selfbench.methods.proposal_is.pictures import marks, save_picture
from selfbench.methods.proposal_is.settings import PAPER_LOSSES, ProposalParams
from selfbench.training import Loop

BATCH = 32  # images predicted at once


class ProposalIS(Method):
    """Boxes that hide what the background cannot explain; masks that explain it.

    Katircioglu, Rhodin, Constantin, Spoerri, Salzmann, Fua: "Self-supervised human detection and
    segmentation via background inpainting", TPAMI (S2); "Self-supervised training of
    proposal-based segmentation via background prediction" (S0, S1).

    A detector proposes a box per cell of a grid, one is drawn by importance sampling, the inpainter
    (trained before on random holes, then frozen) fills it, and a bottleneck auto-encoder remakes
    what the box held as colour and mask. Single images at test time.

    Deviations of the defaults, which are made for minutes on two cores; the preset `paper-losses`
    takes back all but the first:
    - Small networks from random weights at 64 x 64 pixels, losses in the dataset's own normalised
      space, and two fixed random convolutions for the perceptual loss.
    - The size of the box. By L_fg alone it grows to its limit or collapses, depending on the scene.
      Here S sees a window of fixed size around the box's centre, L_fg moves only the centre, and
      the size follows the tight box around S's mask (`fit`), cells weighing as much as they are
      probable. Only pixels inside the grown box are inpainted, so that a mask gains nothing beyond.
    - Masks are not stretched to a maximum of 1: where that was done, one bright spot was enough.
    - alpha 0.5 and zeta 0.02 for p, which stayed nearly uniform otherwise.
    """

    name = "proposal-is"
    Params = ProposalParams
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {"paper-losses": PAPER_LOSSES}
    supervision: tuple[str, ...] = ()
    params: ProposalParams

    def __init__(self, params: ProposalParams) -> None:
        super().__init__(params)
        if params.flow == "raft":
            self.supervision = ("RAFT, learnt from the true flow of synthetic videos",)
        self._model: Model | None = None
        self._normalise: Normaliser | None = None

    def fit(self, clips: Sequence[Clip], run: Run) -> None:
        """Train the inpainter, unless the background is known, then detector and synthesis."""
        if not clips:
            raise DataError(f"{self.name} has no clips to learn from; choose a split with some.")
        params = self.params
        images = TrainingImages(clips, params.size, params.known_background, run)
        self._normalise = images.normalise
        if params.flow != "none":
            images.flow = FlowImages(clips, params.size, params.flow, run)
        inpainter = None
        if images.backgrounds is None:
            inpainter = train_inpainter(images, params, run)
        of_flow = train_inpainter(images, params, run, "flow") if images.flow else None
        self._model = self._train(images, inpainter, of_flow, run)

    def _train(
        self,
        images: TrainingImages,
        inpainter: Inpainter | None,
        of_flow: Inpainter | None,
        run: Run,
    ) -> Model:
        params = self.params
        torch.manual_seed(int(run.rng("model").integers(2**63)))
        model = Model(params).to(memory_format=torch.channels_last)
        features = RandomFeatures(torch.Generator().manual_seed(0))
        optimiser = torch.optim.Adam(model.parameters(), params.rate)
        loop = Loop(run, "proposals", params.steps, {"model": model, "optimiser": optimiser})
        model.train()
        for step in loop:
            for group in optimiser.param_groups:
                group["lr"] = params.rate * _schedule(step, params.steps)
            generator = loop.generator(step)
            image, background, flow = images.batch(params.batch, params.flip, generator)
            with torch.autocast("cpu", torch.bfloat16):
                losses = model.losses(
                    image, background, inpainter, features, generator, flow, of_flow
                )
            total = losses.total(params, step / params.steps)
            optimiser.zero_grad(set_to_none=True)
            total.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            terms = {name: term.item() for name, term in losses.terms.items()}
            loop.record(step, {**terms, **losses.watch})
            if params.picture_every and (step + 1) % params.picture_every == 0:
                path = run.folder / "pictures" / f"proposals-{step + 1:06d}.png"
                save_picture(model, images, path)
        return model.eval()

    def predict(self, clip: Clip, run: Run) -> Iterator[Prediction]:
        """Yield the mask and the boxes of the most probable cells of each frame."""
        for frames, found in self._found(clip):
            height, width = frames[0].shape[:2]
            corners = g.to_corners(found.boxes, width, height).double().numpy()
            scores = found.p[found.rows, found.cells].double().numpy()
            for i, frame in enumerate(frames):
                soft = found.soft(i, (height, width)).numpy()
                refined = DenseCRF().refine(frame, soft) if self.params.crf else soft
                mine = (found.rows == i).numpy()
                yield Prediction(refined, corners[mine], scores[mine])

    def marks(self, clip: Clip, run: Run) -> Iterator[Marks]:
        """Yield p at the cells and a line from cell to box centre, as S2 draws them (Fig. 7)."""
        for frames, found in self._found(clip):
            height, width = frames[0].shape[:2]
            yield from (marks(found, i, width, height) for i in range(len(frames)))

    def _found(self, clip: Clip) -> Iterator[tuple[list[Image], Found]]:
        """Yield the frames in batches, and what is found in them."""
        assert self._model is not None, "fit or load_weights comes first"
        assert self._normalise is not None
        side, pending = self.params.size, list[Image]()
        for count, frame in enumerate(clip.frames, 1):
            pending.append(frame)
            if len(pending) == BATCH or count == len(clip.frames):
                small = np.stack([resized(image, side, side) for image in pending])
                yield pending, find(self._model, self._normalise(small), self.params.objects)
                pending = []

    def weights(self) -> dict[str, Tensor]:
        """Return detector and synthesis network and the normalisation; the inpainter has served."""
        assert self._model is not None
        assert self._normalise is not None
        scale = {"normalise.mean": self._normalise.mean, "normalise.std": self._normalise.std}
        return {**self._model.state_dict(), **scale}

    def load_weights(self, weights: Mapping[str, Any]) -> None:
        """Take the weights back.

        Raises:
            DataError: if they belong to another architecture.
        """
        tensors = {name: torch.as_tensor(np.array(value)) for name, value in weights.items()}
        try:
            scale = tensors.pop("normalise.mean"), tensors.pop("normalise.std")
            # The layout too: another one adds in another order and changes the last digits.
            model = Model(self.params).to(memory_format=torch.channels_last)
            model.load_state_dict(tensors)
        except (KeyError, RuntimeError) as error:
            raise DataError(
                f"These weights do not fit {self.name} with its present parameters: "
                f"{' '.join(line.strip() for line in str(error).splitlines()[:2])}"
            ) from error
        self._model, self._normalise = model.eval(), Normaliser(*scale)


def _schedule(step: int, steps: int) -> float:
    """Learning rate: 50 steps of warm-up, then a cosine to zero."""
    return min(1.0, (step + 1) / 50) * (0.5 + 0.5 * math.cos(math.pi * step / steps))
