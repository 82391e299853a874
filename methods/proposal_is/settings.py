"""Every research choice of proposal-is; the defaults are the preset `cpu`."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, model_validator

from selfbench.methods.proposal_is.network_settings import NetworkSettings
from selfbench.methods.proposal_is.training_settings import TrainingSettings


class ProposalParams(TrainingSettings, NetworkSettings):
    """What can be chosen: networks, then training, then what happens at test time."""

    path_fields: ClassVar = {"weights": ("random", "imagenet")}

    objects: int = Field(
        1, ge=1, le=36,
        description="largest number of objects per frame at test time"
        " (Katircioglu et al. 2022: 1; 4.5: several)",
    )  # fmt: skip

    @model_validator(mode="after")
    def _fit_together(self) -> ProposalParams:
        if self.encoder == "small" and self.weights != "random":
            raise ValueError(
                f"weights={self.weights} needs a timm backbone, expected e.g. encoder=resnet50"
            )
        if self.encoder != "small" and self.latent <= self.appearance:
            raise ValueError(
                f"latent={self.latent} is too small for encoder={self.encoder}, expected more than"
                f" the {self.appearance} units of appearance, e.g. 856"
            )
        if self.size_min >= self.size_max:
            raise ValueError(
                f"size_min={self.size_min} is not below size_max={self.size_max}; expected a range"
            )
        return self
