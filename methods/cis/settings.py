"""Every choice of CIS; the defaults are the preset `cpu`."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from selfbench.params import Params


def _numbers(value: Any) -> Any:
    """Split `384x192`, `0.85,0.9` or `[0.85, 0.9]` as typed behind `--set`."""
    return re.split(r"[x,\s]+", value.strip("[]() ")) if isinstance(value, str) else value


# Half of it still has two pixels where the inpainter is coarsest: PyTorch's bf16 convolution of
# maps of one pixel gives values that are not finite.
Side = Annotated[int, Field(ge=72, le=2048, multiple_of=8)]
Crop = Annotated[float, Field(ge=0.5, le=1)]


class CISParams(Params):
    """What can be chosen; values of Yang et al. 2019 and of their code are in the descriptions."""

    path_fields: ClassVar = {"flow_files": ("",)}

    size: Annotated[tuple[Side, Side], BeforeValidator(_numbers)] = Field(
        (192, 96),
        description="width x height in pixels at which both networks work"
        " (Yang et al. 2019: 384x192)",
    )
    flow: Literal["dis", "raft", "files", "clip"] = Field(
        "dis",
        description="source of the optical flow: the estimators dis or raft, files of your own, or"
        " clip for the flow that the dataset gives (Yang et al. 2019: PWC-Net)",
    )
    flow_files: str = Field(
        "",
        description="folder of flow files, for flow=files:"
        " <clip>/<+1, -1, ...>/<frame>.flo or 16-bit .png",
    )
    flow_size: int = Field(
        320, ge=32, le=2048,
        description="longer side in pixels of the frames that flow is computed from"
        " (code of Yang et al. 2019: 640)",
    )  # fmt: skip
    flow_scale: Literal["width", "released"] = Field(
        "width",
        description="unit of the flow in both networks: an eighth of the image's width, or 80"
        " pixels of frames of 640x384, where vertical flow counts more (code of Yang et al. 2019)",
    )
    stabilise: bool = Field(
        False, description="subtract the camera's motion, a homography, from the flow (ours)"
    )
    reach: int = Field(
        3, ge=1, le=20,
        description="largest distance in frames between the two frames of a training flow"
        " (Yang et al. 2019: 5; their code: 2)",
    )  # fmt: skip
    test_reach: int = Field(
        1, ge=1, le=20,
        description="largest distance in frames between the two frames of a flow at test time; the"
        " masks of all distances are averaged (Yang et al. 2019: 5; their code: 2)",
    )  # fmt: skip
    generator_width: int = Field(
        16, ge=2, le=256, multiple_of=2,
        description="channels of the mask generator's first layer"
        " (code of Yang et al. 2019: 32)",
    )  # fmt: skip
    inpainter_width: int = Field(
        8, ge=1, le=256,
        description="channels of the flow inpainter's first layers"
        " (code of Yang et al. 2019: 16)",
    )  # fmt: skip
    interpolate: bool = Field(
        True,
        description="let the inpainter correct a smooth interpolation of the visible flow instead"
        " of predicting it from nothing (Yang et al. 2019: no)",
    )
    norm: Literal["square", "charbonnier"] = Field(
        "square",
        description="distance of flows: square (Yang et al. 2019, Eqs. 7 and 9) or charbonnier, its"
        " smooth root (their code)",
    )
    denominator: Literal["flow", "blind"] = Field(
        "flow",
        description="what a region's error is divided by: the square of its flow (Yang et al. 2019,"
        " Eqs. 7 and 9) or the error of a learnt prediction from the image alone (their code)",
    )
    epsilon: float = Field(
        75, gt=0, le=1e6,
        description="epsilon in the denominators of Yang et al. 2019, Eq. 7, for sums over"
        " 384x192 pixels (their code: 75)",
    )  # fmt: skip
    batch: int = Field(
        8, ge=1, le=1024, description="images per training step (code of Yang et al. 2019: 16)"
    )
    steps: int = Field(
        2000, ge=1,
        description="training steps of both networks together"
        " (code of Yang et al. 2019: 12,520)",
    )  # fmt: skip
    coarse: float = Field(
        0.7, ge=0, le=1,
        description="share of the training, its beginning, on images of half the size (ours;"
        " Yang et al. 2019: 0)",
    )  # fmt: skip
    inpainter_steps: int = Field(
        1, ge=1, le=100,
        description="steps of the inpainter in a row before it is the generator's turn"
        " (code of Yang et al. 2019: 1)",
    )  # fmt: skip
    generator_steps: int = Field(
        1, ge=1, le=100,
        description="steps of the generator in a row before it is the inpainter's turn"
        " (code of Yang et al. 2019: 3)",
    )  # fmt: skip
    pretrain_steps: int = Field(
        50, ge=0,
        description="steps of the inpainter alone, on random boxes, before the generator joins; 0:"
        " none (Yang et al. 2019 pre-train it on FlyingChairs)",
    )  # fmt: skip
    rate: float = Field(
        1e-3, gt=0, lt=1,
        description="learning rate of the inpainter's Adam (code of Yang et al. 2019: 1e-4)",
    )  # fmt: skip
    generator_rate: float = Field(
        0.5, gt=0, le=10,
        description="learning rate of the generator as a multiple of `rate`"
        " (code of Yang et al. 2019: 1)",
    )  # fmt: skip
    fall: float = Field(
        0.3, ge=0, le=1,
        description="share of the training, its end, over which both learning rates fall to zero"
        " (Yang et al. 2019: 0)",
    )  # fmt: skip
    average: float = Field(
        0.995, ge=0, lt=1,
        description="share that a moving average of the generator's weights, which is the result,"
        " keeps per step; 0: the last weights (Yang et al. 2019)",
    )  # fmt: skip
    clip_gradient: float = Field(
        0.2, gt=0,
        description="largest absolute gradient of a weight, to which others are clipped"
        " (code of Yang et al. 2019: 0.2)",
    )  # fmt: skip
    kick: float = Field(
        1e-7, ge=0,
        description="mean absolute gradient of the generator below which it gets a random one"
        " (code of Yang et al. 2019: 1e-5)",
    )  # fmt: skip
    crop: float = Field(
        0.9, ge=0.5, le=1,
        description="least side of random training crops, as a share of the image's"
        " (code of Yang et al. 2019: 0.9)",
    )  # fmt: skip
    flip: bool = Field(
        True,
        description="mirror training images at random, in x and in y"
        " (code of Yang et al. 2019: yes)",
    )
    border_level: float = Field(
        0.1, ge=0, lt=1,
        description="mask value above which a pixel counts as covered when foreground and"
        " background are distinguished (code of Yang et al. 2019: 0.1)",
    )  # fmt: skip
    border_share: float = Field(
        0.6, gt=0, le=1,
        description="covered share of the image's border from which a region is the background"
        " (code of Yang et al. 2019: 0.6)",
    )  # fmt: skip
    binary: bool = Field(
        False,
        description="binarise masks at `border_level` before they are averaged"
        " (code of Yang et al. 2019: yes)",
    )
    crops: Annotated[tuple[Crop, ...], BeforeValidator(_numbers)] = Field(
        (1.0,), min_length=1,
        description="sides of the central crops whose masks are averaged at test time, as shares of"
        " the image's (code of Yang et al. 2019: 0.85,0.9,0.95,1)",
    )  # fmt: skip
    smooth: float = Field(
        0.0, ge=0, lt=1,
        description="share that the temporal average of masks along the flow keeps per frame; 0: no"
        " such average (Yang et al. 2019: none; their code: 0.85)",
    )  # fmt: skip
    crf: bool = Field(
        True,
        description="refine masks by a dense CRF at the frame's size (Yang et al. 2019, 4.1: yes)",
    )
    crf_xy: float = Field(
        0.07, gt=0, le=1,
        description="standard deviation in space of the CRF's kernel, as a share of the frame's"
        " width (code of Yang et al. 2019: 60 of 854 pixels)",
    )  # fmt: skip
    crf_rgb: float = Field(
        5, gt=0, le=255,
        description="standard deviation in colour of the CRF's kernel, in grey levels of 255"
        " (code of Yang et al. 2019: 5)",
    )  # fmt: skip
    crf_weight: float = Field(
        5, ge=0,
        description="weight of the CRF's pairwise term (code of Yang et al. 2019: 5)",
    )  # fmt: skip
    crf_iterations: int = Field(
        5, ge=1, le=100,
        description="mean-field iterations of the CRF (code of Yang et al. 2019: 50)",
    )  # fmt: skip
    picture_every: int = Field(
        250, ge=0,
        description="training steps between pictures of the masks in the run's folder; 0: none",
    )  # fmt: skip

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
