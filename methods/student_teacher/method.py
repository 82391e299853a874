"""student-teacher: the plug-in. Generations of students, prediction from single images."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from selfbench.contracts import Clip, Method, Prediction, Run
from selfbench.errors import DataError
from selfbench.media.frames import resized
from selfbench.methods.student_teacher import ensembles
from selfbench.methods.student_teacher.evalseg import score_all, train_evalseg
from selfbench.methods.student_teacher.labels import Labels
from selfbench.methods.student_teacher.masks import (
    Masks,
    cached_masks,
    eight_bits,
    resize,
    teacher_masks,
)
from selfbench.methods.student_teacher.names import ENSEMBLES
from selfbench.methods.student_teacher.networks import EvalSegNet
from selfbench.methods.student_teacher.presets import PAPER
from selfbench.methods.student_teacher.selection import first_labels, later_labels
from selfbench.methods.student_teacher.settings import StudentTeacherParams
from selfbench.methods.student_teacher.students import build
from selfbench.methods.student_teacher.training import StudentTraining, file_stem, train_all
from selfbench.training.frame_cache import cached_frames
from selfbench.training.log import merge_logs
from selfbench.training.weights import as_tensors, fitting

BATCH = 32  # images predicted at once
EVALSEG = "evalseg-net"


class StudentTeacher(Method):
    """Networks learn from another method's best masks, and then from their own best.

    Ioana Croitoru, Simion-Vlad Bogolin, Marius Leordeanu: "Unsupervised learning of foreground
    object segmentation", IJCV 127(9), 2019 (Croitoru et al. 2019), and its code,
    github.com/ioanacroi/unsup-learning-from-video.

    In generation 1 five networks learn from single frames to predict the teacher's masks, those
    10 % of them whose non-zero pixels have the highest mean. EvalSeg-Net then learns to predict how
    near a mask is to the product of all five, Multi-Net; generation k + 1 learns, from scratch,
    from the masks of generation k that it scores best. Single images at test time.

    Choices and deviations of the preset `paper`, beside those in the networks' own files:
    - Layers follow the released code; FConv-Net, Multi-Net, MultiSelect-Net and the training of
      EvalSeg-Net are not in it and follow the paper's text. Weights are He-normal at first where
      there is no batch norm, biases of output layers 0.1.
    - Multi-Net's mask is predicted as the geometric mean of the students': the product's own level
      sets, which 8 bits and the grid of thresholds can hold. EvalSeg-Net learns from the product.
    - Videos are those of the training split; generation 2 has more only if `extended` names them.
    - Students of segmentation-models-pytorch (`smp-...`) are ours; the default has none.

    The defaults are made for minutes on two cores: slim networks of 64 x 64 pixels, a thousand
    steps with a falling rate, and the best half of the students' masks by EvalSeg-Net instead of
    those above a score that the paper chose by labels. docs/student-teacher.md lists every
    deviation.
    """

    name = "student-teacher"
    sees = "image"
    Params: ClassVar[type[StudentTeacherParams]] = StudentTeacherParams
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {"cpu": {}, "paper": PAPER}
    predict_only = ("output", "generation")
    params: StudentTeacherParams

    def __init__(self, params: StudentTeacherParams) -> None:
        super().__init__(params)
        self.teacher, self.teacher_post = params.teacher, params.teacher_post
        self.extended = params.extended
        self._weights: dict[str, Tensor] = {}
        self._ready: tuple[dict[str, nn.Module], EvalSegNet | None] | None = None

    def fit(self, clips: Sequence[Clip], run: Run) -> None:
        """Train every generation; one that was interrupted continues where it was.

        Raises:
            DataError: if there are no frames, or no mask is good enough to be learnt from.
            SelfbenchError: if a student's output is zero everywhere and stays so.
        """
        p = self.params
        if not any(len(clip.frames) for clip in clips):
            raise DataError(f"{self.name} has no frames to learn from; choose a split with some.")
        frames = self._frames(clips, run)
        path = run.folder / "teacher.npy"
        run.progress(f"soft masks of {p.teacher}")
        teacher = partial(teacher_masks, clips, run.teacher)
        masks = cached_masks(teacher, len(frames), p.cached, path)
        selected = first_labels(masks, p.keep, p.teacher)
        labels = self.labels(clips, frames, [path], selected, run)
        self._weights = {}
        all_clips, extended_run = list(clips), run
        for generation in range(1, p.generations + 1):
            folder = run.folder / f"generation-{generation}"
            students = self._train_students(labels, generation, run)
            last = generation == p.generations
            if run.extended and generation == 1 and not last:
                all_clips = [*clips, *run.extended]
                extended_run = replace(run, folder=run.folder / "extended")
                frames = self._frames(all_clips, extended_run)
            paths = self._predict_training(students, frames, folder, run)
            student_masks = [np.load(path, mmap_mode="r") for path in paths]
            generation_run = replace(run, folder=folder)
            evalseg = train_evalseg(frames, student_masks, generation, p, generation_run)
            merge_logs(run.folder, sorted(run.folder.glob("generation-*/**/")))
            self._keep(generation, EVALSEG, evalseg.state_dict())
            if not last:
                scores = score_all(evalseg, frames, student_masks, p, run)
                selected = later_labels(scores, p.later_threshold, p.later_keep, generation)
                labels = self.labels(all_clips, frames, paths, selected, extended_run)
        self._ready = None

    def _frames(self, clips: Sequence[Clip], run: Run) -> NDArray[np.uint8]:
        """Return all frames (N, M, M, 3)."""
        side = self.params.cached
        return cached_frames(clips, side, side, run.folder).frames

    def labels(
        self,
        clips: Sequence[Clip],
        frames: NDArray[np.uint8],
        masks: Sequence[Path],
        selected: NDArray[np.int64],
        run: Run,
    ) -> Labels:
        """Return what a generation learns from.

        Args:
            clips: all that are learnt from.
            frames: theirs, (N, M, M, 3).
            masks: the file of each teacher's masks (N, M, M).
            selected: indices of teacher and frame, (L, 2).
            run: of the frames of `clips`.
        """
        return Labels(frames, list(masks), selected)

    def _train_students(self, labels: Labels, generation: int, run: Run) -> dict[str, nn.Module]:
        """Return the trained students of a generation, on the device."""
        p, folder = self.params, run.folder / f"generation-{generation}"
        device = run.devices.alone()
        trainings = [
            StudentTraining(n, generation, labels, p, Run(run.seed, folder / file_stem(n), device))
            for n in p.names
        ]
        for name, weights in zip(p.names, train_all(trainings, run), strict=True):
            self._keep(generation, name, weights)
        return {name: self._network(generation, name, run) for name in p.names}

    def _predict_training(
        self, students: Mapping[str, nn.Module], frames: NDArray[np.uint8], folder: Path, run: Run
    ) -> list[Path]:
        """Write each student's masks of all training frames; return their files."""
        p, paths = self.params, []
        for name, network in students.items():
            paths.append(folder / f"masks-{file_stem(name)}.npy")

            def masks(name: str = name, network: nn.Module = network) -> Iterator[Masks]:
                for start in range(0, len(frames), BATCH):
                    image = run.devices.images(np.array(frames[start : start + BATCH]))
                    (soft,) = ensembles.student_masks({name: network}, resize(image, p.size), p)
                    yield from eight_bits(resize(soft, p.cached))

            run.progress(f"masks of {name}")
            cached_masks(masks, len(frames), p.cached, paths[-1])
        return paths

    def predict(self, clip: Clip, run: Run) -> Iterator[Prediction]:
        """Yield the soft mask of each frame, by the ensemble or student that `output` names."""
        p, frames = self.params, iter(clip.frames)
        students, evalseg = self._networks(run)
        while batch := list(islice(frames, BATCH)):
            small = np.stack([resized(frame, p.size, p.size) for frame in batch])
            image = run.devices.images(small)
            masks = ensembles.student_masks(students, image, p)
            if p.output == "multi-net":
                mask = ensembles.as_mask(ensembles.multi_net(masks), len(masks))
            elif evalseg is not None:
                scores = ensembles.evaluate(evalseg, image, masks, p)
                mask = ensembles.multi_select(masks, scores)
            else:
                mask = masks[0]
            size = batch[0].shape[:2]
            soft = nn.functional.interpolate(mask, size, mode="bilinear", align_corners=False)
            yield from (Prediction(one) for one in soft[:, 0].clamp(0, 1).cpu().numpy())

    def _networks(self, run: Run) -> tuple[dict[str, nn.Module], EvalSegNet | None]:
        """Return the students that `output` needs, and EvalSeg-Net if it does, on the device."""
        if self._ready is None:
            p = self.params
            generation = p.generation or p.generations
            names = p.names if p.output in ENSEMBLES else (p.output,)
            students = {name: self._network(generation, name, run) for name in names}
            evalseg: EvalSegNet | None = None
            if p.output == "multi-select":
                network = self._network(generation, EVALSEG, run)
                assert isinstance(network, EvalSegNet)
                evalseg = network
            self._ready = students, evalseg
        return self._ready

    def _network(self, generation: int, name: str, run: Run) -> nn.Module:
        """Return a trained network in eval mode, on the device."""
        p, prefix = self.params, f"{generation}.{name}."
        network = EvalSegNet(p.conv_width, p.low_size) if name == EVALSEG else build(name, p)
        own = {k.removeprefix(prefix): v for k, v in self._weights.items() if k.startswith(prefix)}
        with fitting(self.name):
            network.load_state_dict(own)
        run.devices.place(network)
        return network.eval()

    def _keep(self, generation: int, name: str, weights: Mapping[str, Tensor]) -> None:
        """Store the weights of one network."""
        self._weights |= {f"{generation}.{name}.{k}": v.cpu() for k, v in weights.items()}

    def weights(self) -> dict[str, Tensor]:
        """Return every network of every generation, `<generation>.<network>.<name>`."""
        return self._weights

    def load_weights(self, weights: Mapping[str, Any]) -> None:
        """Take the weights back; a network is built when it is first needed."""
        self._weights = as_tensors(weights)
        self._ready = None
