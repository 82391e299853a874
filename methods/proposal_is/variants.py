"""proposal-is under other names, with other parameter values."""

from selfbench.contracts import Variant

proposal_gumbel = Variant(
    name="proposal-gumbel",
    method="proposal-is",
    overrides={"sampler": "gumbel", "temperature": 0.1},
    summary="proposal-is with Gumbel-softmax instead of importance sampling"
    " (Katircioglu et al. 2022, Fig. 11).",
)
