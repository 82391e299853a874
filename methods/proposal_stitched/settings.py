"""What proposal-stitched has beyond proposal-is, and what it sets otherwise."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from selfbench.methods.proposal_is.settings import ProposalParams


def _number(value: Any) -> Any:
    """A number as typed behind `--set`."""
    return int(value) if isinstance(value, str) and value.isdigit() else value


Views = Annotated[Literal[1, 9], BeforeValidator(_number)]


class StitchedParams(ProposalParams):
    """Terms of the loss, colours and refinement that are ours, beside all of proposal-is."""

    defaults: ClassVar = {"size_min": 0.12, "known_background": True, "steps": 3000}

    matte_weight: float = Field(
        5.0, ge=0,
        description="weight of the squared error between the mask and what differs from the"
        " background",
    )  # fmt: skip
    recolour: float = Field(
        0.6, ge=0, le=1,
        description="share of training images in which what is not background gets other colours",
    )  # fmt: skip
    refine: bool = Field(
        True,
        description="at test time segment again in the box of the mask, return the tight box, and"
        " scale the mask by its median",
    )
    views: Views = Field(
        9,
        description="shifted views of the box whose masks are averaged at test time, 1 or 9",
    )  # fmt: skip
    crf: bool = Field(
        True,
        description="at test time refine masks to the edges of the frame by a dense CRF of a few"
        " pixels' reach",
    )
