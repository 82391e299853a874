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
        0.2, gt=0, lt=1,
        description="smallest width and height of a box, as a share of the image's"
        " (Katircioglu et al. 2022: 0.2)",
    )  # fmt: skip
    size_max: float = Field(
        0.8, gt=0, le=1,
        description="largest width and height of a box, as a share of the image's"
        " (Katircioglu et al. 2022: 0.8)",
    )  # fmt: skip
    offset: float = Field(
        1.5, gt=0, le=4,
        description="largest distance of a box's centre from its cell's centre along each axis, in"
        " units of `offset_unit` (Katircioglu et al. 2019, 2020 and 2022: 1.5)",
    )  # fmt: skip
    offset_unit: Literal["cell", "box"] = Field(
        "cell",
        description="unit of `offset`: side of a cell (Katircioglu et al. 2019 and 2020) or of the"
        " box (Katircioglu et al. 2022)",
    )
    outside: Literal["clamp", "discard"] = Field(
        "discard",
        description="boxes whose centre lies outside the image: moved to its edge, or not proposed"
        " (Katircioglu et al. 2022: discard)",
    )
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
    latent: int = Field(
        32, ge=1, le=4096,
        description="units of the bottleneck of the synthesis network S"
        " (Katircioglu et al. 2020: 728, 2022: 856)",
    )  # fmt: skip
    appearance: int = Field(
        256, ge=1, le=4096,
        description="units of the bottleneck of a timm S that are the same everywhere in the crop"
        " (Katircioglu et al. 2020: 128, 2022: 256)",
    )  # fmt: skip
    decoder_widths: Widths = Field(
        (512, 256, 128, 64), min_length=4, max_length=4,
        description="channels of the decoder of a timm S, from coarse to fine"
        " (Katircioglu et al. 2020: 256,128,64,32, 2022: 512,256,128,64)",
    )  # fmt: skip
    features: str = Field(
        "random",
        description="network of the perceptual loss: random, or a timm ResNet with ImageNet weights"
        " (Katircioglu et al. 2022: resnet18)",
    )
    hole_channel: bool = Field(
        False,
        description="give the inpainter I the hidden region as a fourth channel"
        " (Katircioglu et al. 2022: no)",
    )
