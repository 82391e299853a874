"""Every choice of CIS; the defaults are the preset `cpu`."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from selfbench.params import Params


def _numbers(value: Any) -> Any:
    """Split `384x192`, `0.85,0.9` or `[0.85, 0.9]` as typed behind `--set`."""
    return re.split(r"[x,\s]+", value.strip("[]() ")) if isinstance(value, str) else value


# Half of it still has two pixels where I is coarsest: PyTorch's bf16 convolution of maps of one
# pixel gives values that are not finite.
Side = Annotated[int, Field(ge=72, le=2048, multiple_of=8)]
Crop = Annotated[float, Field(ge=0.5, le=1)]


class CISParams(Params):
    """What can be chosen; values of S3 and its code stand in the descriptions."""

    path_fields: ClassVar = {"flow_files": ("",)}

    size: Annotated[tuple[Side, Side], BeforeValidator(_numbers)] = Field(
        (192, 96), description="width x height at which both networks work (S3: 384x192)"
    )
    flow: Literal["dis", "raft", "files", "clip"] = Field(
        "dis", description="who computes flow (S3: PWC-Net); clip: what the dataset gives"
    )
    flow_files: str = Field(
        "", description="folder of flow=files: <clip>/<+1, -1, ...>/<frame>.flo or 16-bit .png"
    )
    flow_size: int = Field(
        320, ge=32, le=2048, description="longer side at which flow is computed (code: 640)"
    )
    stabilise: bool = Field(False, description="take the camera's motion out of the flow")
    reach: int = Field(
        3, ge=1, le=20, description="training: flow leads 1 to this many frames away (S3: 5)"
    )
    test_reach: int = Field(
        1,
        ge=1,
        le=20,
        description="at test time: masks of all are averaged (S3: 5)",
    )
    generator_width: int = Field(
        16, ge=2, le=256, multiple_of=2, description="channels of G's first layer (code: 32)"
    )
    inpainter_width: int = Field(
        8, ge=1, le=256, description="channels of I's first layers (code: 16)"
    )
    interpolate: bool = Field(
        True, description="I corrects a smooth interpolation of the flow it sees (S3: no)"
    )
    epsilon: float = Field(
        75, gt=0, le=1e6, description="of Eq. 7, for sums over 384x192 pixels (code: 75)"
    )
    batch: int = Field(8, ge=1, le=1024, description="images per step (code: 16)")
    steps: int = Field(2000, ge=1, description="of both networks together (code: 12,520)")
    coarse: float = Field(
        0.7, ge=0, le=1, description="share of the steps, the first, at half the size (ours)"
    )
    inpainter_steps: int = Field(1, ge=1, le=100, description="of I in a row (code: 1) ...")
    generator_steps: int = Field(1, ge=1, le=100, description="... then so many of G (code: 3)")
    pretrain_steps: int = Field(
        50, ge=0, description="of I alone on random boxes, before (code: on FlyingChairs; 0: none)"
    )
    rate: float = Field(1e-3, gt=0, lt=1, description="learning rate of I's Adam (code: 1e-4)")
    generator_rate: float = Field(
        0.5, gt=0, le=10, description="that of G as a share of `rate` (code: 1)"
    )
    fall: float = Field(
        0.3,
        ge=0,
        le=1,
        description="share of the steps, the last, in which rates fall to zero",
    )
    average: float = Field(
        0.995, ge=0, lt=1,
        description="what the average of G's weights, the result, keeps per step; 0: the last ones",
    )  # fmt: skip
    clip_gradient: float = Field(0.2, gt=0, description="largest gradient of a weight (code: 0.2)")
    kick: float = Field(
        1e-7, ge=0, description="G's mean gradient below which it gets a random one (code: 1e-5)"
    )
    crop: float = Field(0.9, ge=0.5, le=1, description="least side of training crops (code: 0.9)")
    flip: bool = Field(True, description="flip training images both ways at random (code: yes)")
    border_level: float = Field(
        0.1, ge=0, lt=1, description="a mask above this counts for the border rule (code: 0.1) ..."
    )
    border_share: float = Field(
        0.6, gt=0, le=1, description="... that takes its complement if it fills this (code: 0.6)"
    )
    binary: bool = Field(False, description="binarise masks at border_level, then average")
    crops: Annotated[tuple[Crop, ...], BeforeValidator(_numbers)] = Field(
        (1.0,), min_length=1, description="central crops averaged at test time, sides (code: four)"
    )
    smooth: float = Field(
        0.85,
        ge=0,
        lt=1,
        description="what a mean along flow keeps per frame (code: 0.85); 0: none",
    )
    own_share: float = Field(
        1 / 3, ge=0, le=1, description="of a frame's own mask in its smoothed one (code: 0)"
    )
    crf: bool = Field(True, description="refine by a dense CRF at the frame's size (S3 4.1)")
    crf_xy: float = Field(
        0.07, gt=0, le=1, description="its width in space, of the image's width (code: 60 of 854)"
    )
    crf_rgb: float = Field(5, gt=0, le=255, description="its width in colour (code: 5)")
    crf_weight: float = Field(5, ge=0, description="its weight (code: 5)")
    crf_iterations: int = Field(5, ge=1, le=100, description="of mean field (code: 50)")
    picture_every: int = Field(
        250, ge=0, description="steps between pictures in the run's folder; 0: none"
    )

    @model_validator(mode="after")
    def _fit_together(self) -> CISParams:
        if self.flow == "files" and not self.flow_files:
            raise ValueError(
                "flow=files without flow_files, expected the folder of flow files, e.g."
                " flow_files=~/flow"
            )
        if self.stabilise and self.flow in ("files", "clip"):
            raise ValueError(
                f"stabilise=True with flow={self.flow}, which exists already; expected flow=dis"
                " or flow=raft"
            )
        return self


# S3 and its published training code: hours on a GPU. RAFT stands in for PWC-Net.
PAPER = {
    "size": (384, 192),
    "flow": "raft",
    "flow_size": 640,
    "reach": 5,
    "test_reach": 5,
    "generator_width": 32,
    "inpainter_width": 16,
    "batch": 16,
    "steps": 12_520,
    "interpolate": False,
    "coarse": 0.0,
    "pretrain_steps": 0,
    "rate": 1e-4,
    "generator_rate": 1.0,
    "fall": 0,
    "average": 0,
    "generator_steps": 3,
    "kick": 1e-5,
    "crf_iterations": 50,
}

# What the published code does otherwise than S3 says, in training and after it.
RELEASED = PAPER | {
    "reach": 2,
    "test_reach": 2,
    "binary": True,
    "crops": (0.85, 0.9, 0.95, 1.0),
    "own_share": 0.0,
}
