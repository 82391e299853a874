"""Choices of images, boxes and networks; the defaults are the preset `cpu`."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

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


class NetworkSettings(Params):
    """What images, boxes, detector D, synthesis network S and inpainter I are like."""

    size: Size = Field(
        (64, 64),
        description="width x height in pixels to which frames are resized"
        " (Katircioglu et al. 2022: 640x360)",
    )
    statistics: Literal["dataset", "imagenet"] = Field(
        "dataset",
        description="source of the mean and deviation by which images are normalised: the training"
        " frames or ImageNet (code of Katircioglu et al. 2021: imagenet)",
    )
    proposal: Literal["cells", "single"] = Field(
        "cells",
        description="boxes that the detector proposes: one per grid cell, or a single one for the"
        " whole image (ablation of Katircioglu et al. 2022, Fig. 11d)",
    )
    size_min: float = Field(
        0.12, gt=0, lt=1,
        description="smallest width and height of a box, as a share of the image's"
        " (Katircioglu et al. 2022: 0.2)",
    )  # fmt: skip
    size_max: float = Field(
        0.8, gt=0, le=1,
        description="largest width and height of a box, as a share of the image's"
        " (Katircioglu et al. 2022: 0.8)",
    )  # fmt: skip
    width_start: float = Field(
        0.2, gt=0, lt=1,
        description="width of boxes at the start of training, as a share of the image's"
        " (Katircioglu et al. 2022: the middle of the range, 0.5)",
    )  # fmt: skip
    height_start: float = Field(
        0.4, gt=0, lt=1,
        description="height of boxes at the start of training, as a share of the image's"
        " (Katircioglu et al. 2022: the middle of the range, 0.5)",
    )  # fmt: skip
    offset: float = Field(
        1.0, gt=0, le=4,
        description="largest distance of a box's centre from its cell's centre along each axis, in"
        " cell sides (Katircioglu et al. 2020: 1.5)",
    )  # fmt: skip
    detector: str = Field(
        "small",
        description="body of the detector D: small, or the name of a timm backbone"
        " (Katircioglu et al. 2022: resnet18)",
    )
    detector_size: int = Field(
        0, ge=0, le=1024,
        description="side in pixels of the square to which the detector's input is resized; 0: it"
        " stays as it is (Katircioglu et al. 2022: 128)",
    )  # fmt: skip
    crop: int = Field(
        32, ge=16, le=256, multiple_of=16,
        description="side in pixels of the crops that the synthesis network S works on"
        " (Katircioglu et al. 2022: 128)",
    )  # fmt: skip
    window: float = Field(
        1.5, ge=1, le=4,
        description="side of the region that the synthesis network S is shown, in sides of the box"
        " (Katircioglu et al. 2022: 1)",
    )  # fmt: skip
    focus_power: float = Field(
        8, gt=0, le=64,
        description="exponent of the distance from the middle in the bump of the focal spatial"
        " transformer (Rhodin et al. 2019: 2)",
    )  # fmt: skip
    focus_joint: bool = Field(
        False,
        description="let the bump of the focal spatial transformer depend on the radius instead of"
        " on each axis by itself (Rhodin et al. 2019: yes)",
    )
    encoder: str = Field(
        "small",
        description="encoder of the synthesis network S: small, or the name of a timm backbone"
        " (Katircioglu et al. 2022: resnet50)",
    )
    weights: str = Field(
        "random",
        description="initial weights of a timm encoder: random, imagenet (Katircioglu et al. 2022),"
        " or a safetensors or pth file, of which tensors of the same name and shape are used",
    )
    freeze: bool = Field(
        False,
        description="keep the layers up to stride 8 of an encoder with loaded weights as they are"
        " (code of Katircioglu et al. 2021: yes)",
    )
    latent: int = Field(
        32, ge=1, le=4096,
        description="units of the bottleneck of the synthesis network S"
        " (Katircioglu et al. 2022: 856)",
    )  # fmt: skip
    mask_skips: bool = Field(
        True,
        description="let skip connections lead past the bottleneck of the small S to the mask,"
        " never to the colours (Katircioglu et al. 2022: no)",
    )
    mask_scale: Literal["none", "max"] = Field(
        "none",
        description="scale of masks: none, or max to divide each by its largest value"
        " (code of Katircioglu et al. 2021: max)",
    )
    features: str = Field(
        "random",
        description="network of the perceptual loss: random, or a timm ResNet with ImageNet weights"
        " (Katircioglu et al. 2022: resnet18)",
    )
    inpainter_widths: Widths = Field(
        (8, 16, 32, 64, 128, 256), min_length=2,
        description="channels of the levels of the inpainter I"
        " (Katircioglu et al. 2022: the same)",
    )  # fmt: skip
    inpainter_convolutions: int = Field(
        1, ge=1, le=8,
        description="convolutions per level of the inpainter I"
        " (code of Katircioglu et al. 2021: 2)",
    )  # fmt: skip
    inpainter_transposed: bool = Field(
        False,
        description="transposed convolutions without batch norm on the inpainter's way up"
        " (code of Katircioglu et al. 2021: yes)",
    )
