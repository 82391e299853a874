"""Every choice of student-teacher; the defaults are the preset `cpu`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from selfbench.errors import did_you_mean
from selfbench.methods.student_teacher.names import ENSEMBLES, SMP, STUDENTS
from selfbench.params import Params


class StudentTeacherParams(Params):
    """Defaults are made for minutes on two cores; the preset `paper` has the paper's values."""

    teacher: str = Field(
        "videopca",
        description="method whose soft masks generation 1 learns from"
        " (Croitoru et al. 2019: videopca)",
    )
    teacher_post: str = Field(
        "",
        description="steps that the teacher's masks go through before, as behind --post, e.g. crf;"
        " empty: none (Croitoru et al. 2019: none)",
    )
    extended: str = Field(
        "",
        description="dataset whose training clips are learnt from too, from generation 2 on; empty:"
        " none (Croitoru et al. 2019: more clips of ImageNet VID and YouTube-BoundingBoxes)",
    )
    generations: int = Field(
        2, ge=1, le=9,
        description="number of generations of students, each but the first learning from the masks"
        " of the one before (Croitoru et al. 2019: 2)",
    )  # fmt: skip
    students: str = Field(
        ",".join(STUDENTS),
        description="comma list of the networks to train and to combine: the paper's five, or"
        " smp-ARCHITECTURE:ENCODER for any architecture of segmentation-models-pytorch on any"
        " encoder of it or of timm, from random weights, e.g. smp-unet:resnet18 (Croitoru et al."
        " 2019: the five)",
    )
    output: str = Field(
        "multi-net",
        description="whose masks are predicted: the ensembles multi-net or multi-select, or one of"
        " `students` (Croitoru et al. 2019 report all)",
    )
    generation: int = Field(
        0, ge=0, le=9,
        description="generation whose masks are predicted; 0: the last"
        " (Croitoru et al. 2019 report both)",
    )  # fmt: skip

    keep: float = Field(
        0.1, gt=0, le=1,
        description="share of the teacher's masks that generation 1 learns from, those whose"
        " non-zero pixels have the highest mean (Croitoru et al. 2019: 0.1)",
    )  # fmt: skip
    later_threshold: float = Field(
        0.0, ge=-1, le=1,
        description="least EvalSeg-Net score of the masks that generations from 2 on learn from"
        " (Croitoru et al. 2019: 0.8)",
    )  # fmt: skip
    later_keep: float = Field(
        0.5, gt=0, le=1,
        description="largest share of the students' masks that generations from 2 on learn from,"
        " those of the highest EvalSeg-Net score (Croitoru et al. 2019: 1)",
    )  # fmt: skip

    size: int = Field(
        64, ge=32, le=1024, multiple_of=32,
        description="side in pixels of the input of all students but LowRes-Net"
        " (Croitoru et al. 2019: 256)",
    )  # fmt: skip
    low_size: int = Field(
        64, ge=16, le=1024, multiple_of=4,
        description="side in pixels of the input of LowRes-Net and EvalSeg-Net"
        " (Croitoru et al. 2019: 128)",
    )  # fmt: skip
    conv_width: int = Field(
        16, ge=4, le=1024, multiple_of=4,
        description="feature maps of LowRes-Net, FConv-Net and EvalSeg-Net"
        " (code of Croitoru et al. 2019: 256)",
    )  # fmt: skip
    unet_width: int = Field(
        8, ge=1, le=256,
        description="feature maps of the first block of BasicU-Net and DilateU-Net"
        " (code of Croitoru et al. 2019: 32)",
    )  # fmt: skip
    dense_growth: int = Field(
        4, ge=1, le=96,
        description="feature maps that each convolution of DenseU-Net's first block adds"
        " (code of Croitoru et al. 2019: 12)",
    )  # fmt: skip
    train_dilated: bool = Field(
        False,
        description="train the dilated centre of DilateU-Net"
        " (code of Croitoru et al. 2019: no, it stays random)",
    )

    crop: float = Field(
        0.8, ge=0.5, le=1,
        description="side of random training crops, as a share of the frame's"
        " (code of Croitoru et al. 2019: 0.8)",
    )  # fmt: skip
    steps: int = Field(
        1200, ge=1, le=10**8,
        description="training steps of each student of generation 1"
        " (Croitoru et al. 2019: 10 epochs, some 120,000)",
    )  # fmt: skip
    later_steps: int = Field(
        1800, ge=1, le=10**8,
        description="training steps of each student of generations from 2 on"
        " (Croitoru et al. 2019: two weeks, some 420,000)",
    )  # fmt: skip
    evalseg_steps: int = Field(
        300, ge=1, le=10**8,
        description="training steps of EvalSeg-Net in each generation"
        " (Croitoru et al. 2019: not stated)",
    )  # fmt: skip
    batch: int = Field(
        16, ge=1, le=1024,
        description="images per training step (code of Croitoru et al. 2019: 16, LowRes-Net 32)",
    )  # fmt: skip
    rate: float = Field(
        2e-3, gt=0, le=1,
        description="learning rate of the students' Adam (Croitoru et al. 2019: 1e-3)",
    )  # fmt: skip
    evalseg_rate: float = Field(
        1e-3, gt=0, le=1,
        description="learning rate of EvalSeg-Net's Adam (code of Croitoru et al. 2019: 1e-4)",
    )  # fmt: skip
    schedule: Literal["constant", "cosine"] = Field(
        "cosine",
        description="course of the learning rates: constant, or falling to zero as a cosine"
        " (Croitoru et al. 2019: constant)",
    )
    label_scale: float = Field(
        1.0, ge=1, le=255,
        description="value of certain foreground in the students' labels"
        " (code of Croitoru et al. 2019: 255)",
    )  # fmt: skip
    score_scale: float = Field(
        1.0, ge=1, le=255,
        description="value of a perfect mask in EvalSeg-Net's labels"
        " (code of Croitoru et al. 2019: 100)",
    )  # fmt: skip

    @field_validator("students")
    @classmethod
    def _students_exist(cls, text: str) -> str:
        names = [name.strip() for name in text.split(",")]
        for name in names:
            if name not in STUDENTS and not name.startswith(SMP):
                hint = did_you_mean(name, (*STUDENTS, "smp-ARCHITECTURE:ENCODER"))
                raise ValueError(f"there is no student '{name}'.{hint}".rstrip("."))
        if len(set(names)) < len(names):
            raise ValueError("a student is named twice, expected different names")
        return ",".join(names)

    @model_validator(mode="after")
    def _fit_together(self) -> StudentTeacherParams:
        if self.generation > self.generations:
            raise ValueError(
                f"generation={self.generation} is not among the {self.generations} that are "
                "trained; raise generations"
            )
        for name in self.names:
            if name.startswith(SMP):
                from selfbench.methods.student_teacher.smp import check  # imports torch

                check(name, self.size)
        outputs = (*ENSEMBLES, *self.names)
        if self.output not in outputs:
            hint = did_you_mean(self.output, outputs)
            raise ValueError(
                f"output={self.output} is neither an ensemble nor among students={self.students}."
                f"{hint}".rstrip(".")
            )
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The students to train, in order."""
        return tuple(self.students.split(","))

    @property
    def cached(self) -> int:
        """The side in pixels of the frames that crops of `size` are cut from."""
        return round(self.size / self.crop)
