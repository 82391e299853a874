"""Every research choice of proposal-is; the defaults are the preset `cpu`."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from selfbench.params import Params


def _numbers(value: Any) -> Any:
    """Split `640x360`, `8,16,32` or `[8, 16, 32]` as typed behind `--set`."""
    return re.split(r"[x,\s]+", value.strip("[]() ")) if isinstance(value, str) else value


def _pair(value: Any) -> Any:
    """One number is the side of a square."""
    several = _numbers(value)
    if isinstance(several, int):
        return several, several
    return several * 2 if len(several) == 1 else several


Side = Annotated[int, Field(ge=32, le=4096)]
Size = Annotated[tuple[Side, Side], BeforeValidator(_pair)]  # width, height
Width = Annotated[int, Field(ge=1, le=4096)]
Widths = Annotated[tuple[Width, ...], BeforeValidator(_numbers)]


class ProposalParams(Params):
    """What can be chosen; values of S2 stand in the descriptions and in the preset `paper`."""

    path_fields: ClassVar = {"weights": ("random", "imagenet")}

    sampler: Literal["importance", "uniform", "gumbel", "exact", "reinforce-baseline"] = Field(
        "importance", description="how cells are drawn in training (S2 3.4)"
    )
    samples: int = Field(2, ge=1, le=36, description="cells drawn per image, J (S2: 1)")
    epsilon: float = Field(0.001, ge=0, le=0.02, description="q = p (1 - C eps) + eps (S2 Eq. 11)")
    temperature: float = Field(0.1, gt=0, le=10, description="of the Gumbel-softmax sampler")
    proposal: Literal["cells", "single"] = Field(
        "cells", description="single: one regressed box, no cells to choose from (S2 Fig. 11d)"
    )
    gradients: Literal["disentangled", "joint"] = Field(
        "disentangled", description="joint: each loss reaches p and boxes (S2 Fig. 11b)"
    )
    size: Size = Field((64, 64), description="width x height at which all run (S2: 640x360)")
    crop: int = Field(32, ge=16, le=256, multiple_of=16, description="side of S's crop (S2: 128)")
    size_min: float = Field(0.12, gt=0, lt=1, description="smallest box side (S2: 0.2)")
    size_max: float = Field(0.8, gt=0, le=1, description="largest box side (S2: 0.8)")
    width_start: float = Field(0.2, gt=0, lt=1, description="box width at the start of training")
    height_start: float = Field(0.4, gt=0, lt=1, description="box height there")
    offset: float = Field(1.0, gt=0, le=4, description="largest offset in cells (S1: 1.5)")
    grow: float = Field(1.15, ge=1, le=2, description="growth of the inpainted region (S2: 1.15)")
    focus_power: float = Field(8, gt=0, le=64, description="of the focal transformer's bump")
    focus_joint: bool = Field(False, description="True: NSD's bump of the radius; False: per axis")
    mask_scale: Literal["none", "max"] = Field(
        "none", description="max: every mask is stretched to a maximum of 1 (mvc)"
    )
    detector: str = Field("small", description="D: small, or a timm backbone (S2: resnet18)")
    detector_size: int = Field(
        0, ge=0, le=1024, description="side to which D's input is squeezed; 0: none (S2: 128)"
    )
    encoder: str = Field("small", description="of S: small, or a timm backbone (S2: resnet50)")
    weights: str = Field(
        "random",
        description="of that backbone at the start: random, imagenet (S2) or a safetensors or pth"
        " file, of which tensors of the same name and shape are taken",
    )
    freeze: bool = Field(
        False, description="keep the loaded backbone's layers up to stride 8 as they are (mvc)"
    )
    features: str = Field(
        "random",
        description="of the perceptual loss: random, or a timm ResNet with ImageNet weights"
        " (S2: resnet18)",
    )
    statistics: Literal["dataset", "imagenet"] = Field(
        "dataset", description="mean and deviation that images are normalised by (S2: imagenet)"
    )
    inpainter_widths: Widths = Field(
        (8, 16, 32, 64, 128, 256), min_length=2, description="channels of I's levels (as S2)"
    )
    inpainter_convolutions: int = Field(1, ge=1, le=8, description="per level of I (S2: 2)")
    inpainter_transposed: bool = Field(
        False, description="I's way up by transposed convolutions without batch norm (S2)"
    )
    latent: int = Field(32, ge=1, le=4096, description="bottleneck of S (S2: 856)")
    background: float = Field(0.2, ge=0, description="weight alpha of L_bg (S2: 0.1)")
    area_power: float = Field(
        0.5, ge=0, le=1, description="L_bg is the error per area of the box to this power (S2: 1)"
    )
    flow: Literal["none", "dis", "raft"] = Field(
        "none", description="optical flow that training looks at too (S2 3.5: FlowNet 2)"
    )
    flow_weight: float | None = Field(
        None, ge=0, description="weight of L_bg on flow images; unset: alpha (S2)"
    )
    refine: bool = Field(
        True,
        description="at test time take the box of the mask, the mask anew in that, and level it"
        " (S2: not)",
    )
    views: Literal[1, 9] = Field(
        9, description="shifted views of the box whose masks are averaged at test time (S2: 1)"
    )
    crf: bool = Field(
        True, description="at test time draw masks to the frame's edges by a dense CRF (S2 3.6)"
    )
    objects: int = Field(1, ge=1, le=36, description="most objects per frame at test time (S2 4.5)")
    picture_every: int = Field(
        200, ge=0, description="training steps between pictures in the run's folder; 0: none"
    )
    foreground: float = Field(1.0, ge=0, description="weight beta of L_fg (S2 Eq. 2)")
    perceptual: float = Field(2.0, ge=0, description="weight gamma of the perceptual loss (Eq. 4)")
    mask_prior: Literal["v", "l1", "l2", "none"] = Field(
        "v", description="on the mean mask (Eq. 6)"
    )
    mask_weight: float = Field(0.1, ge=0, description="weight eta of the mask prior (S2: 0.25)")
    mask_target: float = Field(0.005, ge=0, le=1, description="lambda of the v-shaped prior")
    matte_weight: float = Field(
        5.0, ge=0, description="weight of masks being what differs from the background (S2: 0)"
    )
    cell_weight: float = Field(0.02, ge=0, description="weight zeta of the prior on p (S2: 0.1)")
    fit_weight: float = Field(0.5, ge=0, description="weight of the box's pull to its mask (ours)")
    fit_from: float = Field(0.5, ge=0, le=1, description="share of training before that pull")
    box_weight: float = Field(
        0.1, ge=0, description="weight of the prior that holds boxes at the size they start with"
    )
    window: float = Field(1.5, ge=1, le=4, description="what S sees, in sides of the box (S2: 1)")
    jitter: float = Field(0.05, ge=0, le=0.5, description="shift of what S sees, of its sides")
    mask_from: float = Field(
        0.12, ge=0, le=1, description="share of training before S learns; p is settled by then"
    )
    mask_skips: bool = Field(
        True, description="masks of the small S see past the bottleneck, colours never (S2: not)"
    )
    fine_from: float = Field(0.4, ge=0, le=1, description="share of training before they do")
    free_size: bool = Field(False, description="True: L_fg moves box sizes too (S2)")
    batch: int = Field(16, ge=1, le=1024, description="images per step (S2: 16)")
    steps: int = Field(3000, ge=1, description="training steps (S2: 100,000)")
    inpaint_steps: int = Field(2500, ge=1, description="steps of the inpainter (S2: 200,000)")
    rate: float = Field(1e-3, gt=0, lt=1, description="learning rate of Adam (S2: 1e-3)")
    inpaint_rate: float = Field(2e-3, gt=0, lt=1, description="peak rate of the inpainter")
    synthesis_rate: float = Field(
        3.0, gt=0, le=10, description="rate of S as a share of `rate` (S2: 1)"
    )
    decoder_rate: float = Field(
        1.0, gt=0, le=10, description="rate of S's decoder as a share of that (S2: 0.1)"
    )
    schedule: Literal["cosine", "constant"] = Field(
        "cosine", description="of the learning rates, with a warm-up (S2: constant)"
    )
    fill: Literal["stitched", "inpainted"] = Field(
        "stitched",
        description="what stands behind boxes in training: the same place in other frames of the"
        " clip, or what an inpainter makes up (S2)",
    )
    known_background: bool = Field(True, description="use the clip's empty scene where it has one")
    flip: bool = Field(True, description="flip training images at random")
    recolour: float = Field(
        0.6, ge=0, le=1,
        description="share of training images in which what is not background gets other colours;"
        " none where an inpainter fills boxes (S2: 0)",
    )  # fmt: skip

    @model_validator(mode="after")
    def _fit_together(self) -> ProposalParams:
        if self.encoder == "small" and self.weights != "random":
            raise ValueError(
                f"weights={self.weights} needs a timm backbone, expected e.g. encoder=resnet50"
            )
        if self.encoder != "small" and self.latent <= 256:
            raise ValueError(
                f"latent={self.latent} is too small for encoder={self.encoder}, expected more than"
                " the 256 units of appearance, e.g. 856"
            )
        return self


# S2 as written, as far as it does not need the paper's networks and its 300,000 steps.
PAPER_LOSSES = {
    "fill": "inpainted",
    "recolour": 0,
    "refine": False,
    "views": 1,
    "crf": False,
    "area_power": 1,
    "samples": 1,
    "size_min": 0.2,
    "width_start": 0.5,
    "height_start": 0.5,
    "offset": 1.5,
    "grow": 1.15,
    "focus_power": 2,
    "focus_joint": True,
    "mask_scale": "max",
    "window": 1,
    "jitter": 0,
    "mask_from": 0,
    "mask_skips": False,
    "synthesis_rate": 1.0,
    "box_weight": 0,
    "free_size": True,
    "fit_weight": 0,
    "matte_weight": 0,
    "background": 0.1,
    "mask_weight": 0.25,
    "cell_weight": 0.1,
}

# S2 complete: days on a GPU. Backbones carry the tags of the weights of its time.
PAPER = PAPER_LOSSES | {
    "size": (640, 360),
    "crop": 128,
    "detector": "resnet18",
    "detector_size": 128,
    "encoder": "resnet50.tv_in1k",
    "weights": "imagenet",
    "freeze": True,
    "features": "resnet18.tv_in1k",
    "statistics": "imagenet",
    "inpainter_convolutions": 2,
    "inpainter_transposed": True,
    "latent": 856,
    "epsilon": 0.001,
    "batch": 16,
    "steps": 100_000,
    "inpaint_steps": 200_000,
    "rate": 1e-3,
    "inpaint_rate": 1e-3,
    "decoder_rate": 0.1,
    "schedule": "constant",
    "flip": False,
}
