"""proposal-is: detection and segmentation learnt by inpainting the background."""

from selfbench.contracts import Variant
from selfbench.methods.proposal_is.method import ProposalIS

proposal_gumbel = Variant(
    name="proposal-gumbel",
    method="proposal-is",
    overrides={"sampler": "gumbel", "temperature": 0.1},
    summary="proposal-is with Gumbel-softmax instead of importance sampling"
    " (Katircioglu et al. 2022, Fig. 11).",
)

__all__ = ["ProposalIS", "proposal_gumbel"]
