"""Every research choice of proposal-is; the defaults are the preset `cpu`."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from selfbench.methods.proposal_is.network_settings import NetworkSettings
from selfbench.methods.proposal_is.training_settings import TrainingSettings


def _number(value: Any) -> Any:
    """A number as typed behind `--set`."""
    return int(value) if isinstance(value, str) and value.isdigit() else value


Views = Annotated[Literal[1, 9], BeforeValidator(_number)]


class ProposalParams(TrainingSettings, NetworkSettings):
    """What can be chosen: networks, then training, then what happens at test time."""

    path_fields: ClassVar = {"weights": ("random", "imagenet")}

    objects: int = Field(
        1, ge=1, le=36,
        description="largest number of objects per frame at test time"
        " (Katircioglu et al. 2022: 1; 4.5: several)",
    )  # fmt: skip
    refine: bool = Field(
        True,
        description="at test time segment again in the box of the mask, return the tight box, and"
        " scale the mask by its median (ours; Katircioglu et al. 2022: no)",
    )
    views: Views = Field(
        9,
        description="shifted views of the box whose masks are averaged at test time, 1 or 9"
        " (ours; Katircioglu et al. 2022: 1)",
    )
    crf: bool = Field(
        True,
        description="at test time refine masks to the edges of the frame by a dense CRF of a few"
        " pixels' reach (ours; Katircioglu et al. 2022, 3.6: one of default parameters)",
    )

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
