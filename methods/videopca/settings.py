"""The parameters of VideoPCA."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from selfbench.params import Params


class VideoPCAParams(Params):
    """The constants of the released code; those it does not have say so."""

    size: int = Field(300, ge=16, le=1024, description="working height and width in pixels")
    components: int = Field(3, ge=1, le=50, description="eigenvectors that rebuild the background")
    blur_sigma: float = Field(
        5.0, gt=0, le=100, description="sigma of the error image's smoothing, in working pixels"
    )
    blur_radius: int = Field(
        7, ge=0, le=100, description="that Gaussian is cut off here: 2 radius + 1 pixels wide"
    )
    centre_sigma: float = Field(
        1 / 3, gt=0, le=100, description="sigma of the centred Gaussian, as a share of `size`"
    )
    cue_threshold: float = Field(
        0.5, ge=0, le=1, description="smoothed, centred, min-max error above this is foreground"
    )
    hue_bins: int = Field(100, ge=1, le=256, description="colour bins along S cos H")
    saturation_bins: int = Field(25, ge=1, le=256, description="colour bins along S sin H")
    value_bins: int = Field(10, ge=1, le=256, description="colour bins along V")
    final: Literal["gaussian", "hysteresis"] = Field(
        "gaussian",
        description="last step: soft mask times centred Gaussian (S4), or kept where that product "
        "passes a hysteresis (released Python code)",
    )
    low: float = Field(0.5, ge=0, le=1, description="hysteresis: a region is all above this ...")
    high: float = Field(
        0.8, ge=0, le=1, description="... and kept if it is above this anywhere; not under `low`"
    )
    split_cuts: bool = Field(
        True, description="treat each shot as a video of its own, as the original's input was"
    )
    cut_distance: float = Field(
        0.3, ge=0, le=1, description="a cut changes the colours of more than this share of pixels"
    )
    cut_ratio: float = Field(
        4.0, ge=0, le=100, description="and this many times more than the frames near it change"
    )
    shortest_shot: int = Field(10, ge=1, le=1000, description="no shot has fewer frames")
    chunk: int = Field(
        600, ge=2, le=5000, description="most frames under one PCA: bounds memory (not in S4)"
    )

    @field_validator("high")
    @classmethod
    def _not_under_low(cls, high: float, info: ValidationInfo) -> float:
        if high < info.data.get("low", 0.0):
            raise ValueError(f"high must not be under low ({info.data['low']})")
        return high
