"""student-stitched: students of stitched-difference that see people in other colours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field
from torch import Tensor

from selfbench.contracts import Clip, Run
from selfbench.methods.student_teacher import StudentTeacher
from selfbench.methods.student_teacher.labels import Labels
from selfbench.methods.student_teacher.settings import StudentTeacherParams
from selfbench.training.frame_cache import cached_frames
from selfbench.vision.background.backgrounds import Backgrounds, stitched_backgrounds
from selfbench.vision.background.matte import background_difference
from selfbench.vision.background.recolouring import recoloured


class StudentStitchedParams(StudentTeacherParams):
    """Beside all of student-teacher, colours."""

    defaults: ClassVar = {"teacher": "stitched-difference", "keep": 1.0}

    recolour: float = Field(
        0.7, ge=0, le=1,
        description="share of training crops in which what is not background gets other colours",
    )  # fmt: skip


@dataclass
class RecolouredLabels(Labels):
    """Labels whose images get other colours where they are not background."""

    backgrounds: Backgrounds | None = None  # of the frames, where they are known
    share: float = 0.0  # of images that get other colours

    def coloured(
        self,
        image: Tensor,
        frames: NDArray[np.int64],
        crops: Callable[[Iterable[NDArray[np.uint8]]], Tensor],
        generator: torch.Generator,
    ) -> Tensor:
        """Return images (B, 3, S, S), of which a share has other colours."""
        if self.backgrounds is None or not self.share:
            return image
        rgb_known = crops(self.backgrounds.pick(frames))  # (B, 4, S, S)
        matte = background_difference(image, rgb_known[:, :3]) * (rgb_known[:, 3:] > 0)
        return recoloured(image, matte, self.share, generator)


class StudentStitched(StudentTeacher):
    """student-teacher whose teacher is stitched-difference, on people in other colours.

    Ours, after Croitoru et al. 2019 ("Unsupervised learning of foreground object segmentation",
    IJCV 127(9)); no paper has it. A few clips do not teach what clothes there are: in seven of ten
    crops what differs from the background that other frames of the clip show gets other colours, so
    that students pass their labels on to people they have not seen. All of the teacher's masks are
    learnt from, as the few clips hold few people. Single images at test time.
    """

    name = "student-stitched"
    ours = True
    Params: ClassVar[type[StudentTeacherParams]] = StudentStitchedParams
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {"cpu": {}}
    params: StudentStitchedParams

    def labels(
        self,
        clips: Sequence[Clip],
        frames: NDArray[np.uint8],
        masks: Sequence[Path],
        selected: NDArray[np.int64],
        run: Run,
    ) -> Labels:
        """Return what a generation learns from, with the backgrounds of the frames."""
        share, side = self.params.recolour, self.params.cached
        if not share:
            return super().labels(clips, frames, masks, selected, run)
        resized = cached_frames(clips, side, side, run.folder)
        backgrounds = stitched_backgrounds(resized, run, "students see frames in their own colours")
        return RecolouredLabels(frames, list(masks), selected, backgrounds, share)
