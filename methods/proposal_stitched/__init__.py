"""Ours, after Katircioglu et al. 2022: masks and boxes learnt from stitched backgrounds."""

from selfbench.methods.proposal_stitched.method import ProposalStitched

__all__ = ["ProposalStitched"]
