"""The parameters of student-teacher, and the preset `paper`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from selfbench.params import Params

STUDENTS = ("lowres-net", "fconv-net", "basicu-net", "dilateu-net", "denseu-net")
ENSEMBLES = ("multi-net", "multi-select")
Output = Literal[
    "multi-net",
    "multi-select",
    "lowres-net",
    "fconv-net",
    "basicu-net",
    "dilateu-net",
    "denseu-net",
]


class StudentTeacherParams(Params):
    """Defaults are made for minutes on two cores; the preset `paper` has S4's values."""

    teacher: str = Field("videopca", description="method whose masks teach generation 1")
    extended: str = Field(
        "", description="data set whose training clips generations from 2 on see too; empty: none"
    )
    generations: int = Field(2, ge=1, le=9, description="how often students teach students")
    students: str = Field(
        ",".join(STUDENTS), description="comma list of the networks to train and to combine"
    )
    output: Output = Field("multi-net", description="whose masks are predicted")
    generation: int = Field(0, ge=0, le=9, description="of which generation; 0: the last")

    keep: float = Field(
        1.0,
        gt=0,
        le=1,
        description="share of the teacher's masks that generation 1 learns from,"
        " those whose non-zero pixels have the highest mean (S4: 0.1)",
    )
    later_threshold: float = Field(
        0.0, ge=-1, le=1, description="EvalSeg score that masks must reach from generation 2 on ..."
    )
    later_keep: float = Field(
        0.5, gt=0, le=1, description="... and the share of them, the best, that is learnt from"
    )

    size: int = Field(
        64, ge=32, le=1024, multiple_of=32, description="side of the input of all but LowRes-Net"
    )
    low_size: int = Field(
        64, ge=16, le=1024, multiple_of=4, description="that of LowRes-Net and EvalSeg-Net"
    )
    conv_width: int = Field(
        16, ge=4, le=1024, multiple_of=4,
        description="feature maps of LowRes-Net, FConv-Net and EvalSeg-Net",
    )  # fmt: skip
    unet_width: int = Field(
        8, ge=1, le=256, description="feature maps of the first block of BasicU- and DilateU-Net"
    )
    dense_growth: int = Field(4, ge=1, le=96, description="growth of DenseU-Net's first block")
    train_dilated: bool = Field(
        False, description="train the dilated centre, which the authors' release leaves random"
    )

    crop: float = Field(0.8, ge=0.5, le=1, description="side of the random crops, share of a frame")
    flip: bool = Field(True, description="mirror half of the crops (not in S4)")
    recolour: float = Field(
        0.7, ge=0, le=1,
        description="share of crops in which what is not background gets other colours (S4: none)",
    )  # fmt: skip
    sharpen: bool = Field(
        True,
        description="masks lose what other frames show too, and are drawn to the frame's edges,"
        " before they teach (S4: not)",
    )
    steps: int = Field(1200, ge=1, le=10**8, description="training steps of a student")
    later_steps: int = Field(
        1800, ge=1, le=10**8,
        description="and from generation 2 on, whose masks are more and better",
    )  # fmt: skip
    evalseg_steps: int = Field(300, ge=1, le=10**8, description="those of EvalSeg-Net")
    batch: int = Field(16, ge=1, le=1024, description="images per step")
    rate: float = Field(2e-3, gt=0, le=1, description="Adam's learning rate for the students")
    evalseg_rate: float = Field(1e-3, gt=0, le=1, description="and for EvalSeg-Net")
    schedule: Literal["constant", "cosine"] = Field(
        "cosine", description="the rate stays (S4) or falls to zero"
    )
    label_scale: float = Field(
        1.0, ge=1, le=255, description="value of certain foreground in the students' labels"
    )
    score_scale: float = Field(
        1.0, ge=1, le=255, description="value of a perfect mask in EvalSeg-Net's labels"
    )

    @field_validator("students")
    @classmethod
    def _known(cls, text: str) -> str:
        names = [name.strip() for name in text.split(",")]
        wrong = [name for name in names if name not in STUDENTS]
        if wrong or len(set(names)) < len(names):
            raise ValueError(
                f"students must be different names among {', '.join(STUDENTS)}, got '{text}'"
            )
        return ",".join(names)

    @model_validator(mode="after")
    def _there(self) -> StudentTeacherParams:
        if self.generation > self.generations:
            raise ValueError(
                f"generation={self.generation} is not among the {self.generations} that are "
                "trained; raise generations"
            )
        if self.output in STUDENTS and self.output not in self.names:
            raise ValueError(f"output={self.output} is not among students={self.students}")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The students to train, in order."""
        return tuple(self.students.split(","))

    @property
    def cached(self) -> int:
        """The side of the frames that crops of `size` are cut from."""
        return round(self.size / self.crop)


# S4 4.1, 4.2, and what the authors' release adds. 10 epochs over some 190,000 masks in batches of
# 16 are 120,000 steps. Of generation 2 S4 says two weeks instead of three to five days.
PAPER: Mapping[str, Any] = {
    "keep": 0.1,
    "later_threshold": 0.8,
    "later_keep": 1.0,
    "size": 256,
    "low_size": 128,
    "conv_width": 256,
    "unet_width": 32,
    "dense_growth": 12,
    "flip": False,
    "recolour": 0,
    "sharpen": False,
    "steps": 120_000,
    "later_steps": 420_000,
    "evalseg_steps": 120_000,
    "batch": 16,
    "rate": 1e-3,
    "evalseg_rate": 1e-4,
    "schedule": "constant",
    "label_scale": 255.0,
    "score_scale": 100.0,
}
