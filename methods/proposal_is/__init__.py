"""proposal-is: detection and segmentation learnt by inpainting the background."""

from selfbench.methods.proposal_is.method import ProposalIS
from selfbench.methods.proposal_is.variants import proposal_gumbel

__all__ = ["ProposalIS", "proposal_gumbel"]
