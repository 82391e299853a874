"""The presets are valid and hold the paper's numbers."""

from selfbench.methods.proposal_is import ProposalIS, proposal_gumbel
from selfbench.methods.proposal_is.presets import PAPER, PAPER_LOSSES
from selfbench.methods.proposal_is.settings import ProposalParams
from selfbench.params import build


def test_presets_are_valid():
    for name, values in ProposalIS.presets.items():
        assert build(ProposalParams, values, name)
    assert build(ProposalParams, proposal_gumbel.overrides, "proposal-gumbel").sampler == "gumbel"


def test_the_weights_of_the_paper():
    """Katircioglu et al. 2022, below Eq. 7."""
    p = ProposalParams(**PAPER_LOSSES)
    weights = (p.background, p.foreground, p.perceptual, p.mask_weight, p.cell_weight)
    assert weights == (0.1, 1, 2, 0.25, 0.1)
    assert p.flow_weight is None and p.matte_weight == p.fit_weight == p.box_weight == 0


def test_the_complete_paper_has_its_losses_too():
    assert PAPER_LOSSES.items() <= PAPER.items()
