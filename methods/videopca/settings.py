"""The parameters of VideoPCA."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from selfbench.params import Params


class VideoPCAParams(Params):
    """The constants of the code of Haller and Leordeanu 2017; those it does not have say so."""

    size: int = Field(
        300, ge=16, le=1024,
        description="height and width in pixels to which frames are resized"
        " (code of Haller and Leordeanu 2017: 300)",
    )  # fmt: skip
    components: int = Field(
        3, ge=1, le=50,
        description="principal components from which the background is reconstructed"
        " (code of Haller and Leordeanu 2017: 3)",
    )  # fmt: skip
    blur_sigma: float = Field(
        5.0, gt=0, le=100,
        description="standard deviation of the Gaussian that smooths the error image, in pixels at"
        " `size` (code of Haller and Leordeanu 2017: 5)",
    )  # fmt: skip
    blur_radius: int = Field(
        7, ge=0, le=100,
        description="radius in pixels at which the Gaussian that smooths the error image is cut off"
        " (code of Haller and Leordeanu 2017: 7)",
    )  # fmt: skip
    centre_sigma: float = Field(
        1 / 3, gt=0, le=100,
        description="standard deviation of the centred Gaussian, as a share of `size`"
        " (code of Haller and Leordeanu 2017: 1/3)",
    )  # fmt: skip
    cue_threshold: float = Field(
        0.5, ge=0, le=1,
        description="value of the smoothed, centred, min-max normalised error above which a pixel"
        " counts as foreground for the colour model (code of Haller and Leordeanu 2017: 0.5)",
    )  # fmt: skip
    hue_bins: int = Field(
        100, ge=1, le=256,
        description="colour bins along saturation times cos hue"
        " (code of Haller and Leordeanu 2017: 100)",
    )  # fmt: skip
    saturation_bins: int = Field(
        25, ge=1, le=256,
        description="colour bins along saturation times sin hue"
        " (code of Haller and Leordeanu 2017: 25)",
    )  # fmt: skip
    value_bins: int = Field(
        10, ge=1, le=256,
        description="colour bins along the value of HSV (code of Haller and Leordeanu 2017: 10)",
    )  # fmt: skip
    final: Literal["gaussian", "hysteresis"] = Field(
        "gaussian",
        description="last step: gaussian multiplies the soft mask by the centred Gaussian"
        " (Croitoru et al. 2019), hysteresis keeps it in the regions that a hysteresis of that"
        " product selects (code of Haller and Leordeanu 2017)",
    )
    low: float = Field(
        0.5, ge=0, le=1,
        description="value that all pixels of a region of the hysteresis exceed"
        " (code of Haller and Leordeanu 2017: 0.5)",
    )  # fmt: skip
    high: float = Field(
        0.8, ge=0, le=1,
        description="value that some pixel of a region of the hysteresis exceeds, at least `low`"
        " (code of Haller and Leordeanu 2017: 0.8)",
    )  # fmt: skip
    split_cuts: bool = Field(
        True,
        description="treat each shot of a clip as a video of its own"
        " (code of Haller and Leordeanu 2017: no)",
    )
    cut_distance: float = Field(
        0.3, ge=0, le=1,
        description="share of pixels whose colours change at a cut, at least (ours)",
    )  # fmt: skip
    cut_ratio: float = Field(
        4.0, ge=0, le=100,
        description="how many times more colours change at a cut than between the frames near it,"
        " at least (ours)",
    )  # fmt: skip
    shortest_shot: int = Field(
        10, ge=1, le=1000, description="least number of frames of a shot (ours)"
    )
    chunk: int = Field(
        600, ge=2, le=5000,
        description="largest number of frames under one PCA, which bounds memory"
        " (ours; Croitoru et al. 2019: the whole video)",
    )  # fmt: skip

    @field_validator("high")
    @classmethod
    def _not_under_low(cls, high: float, info: ValidationInfo) -> float:
        if high < info.data.get("low", 0.0):
            raise ValueError(f"high must not be under low ({info.data['low']})")
        return high
