"""The presets are valid and hold the papers' numbers."""

import pytest

from selfbench.methods.proposal_is import ProposalIS, proposal_gumbel
from selfbench.methods.proposal_is.settings import ProposalParams
from selfbench.params import build
from tests.methods.scenes import noise

# What a laptop needs: networks that compute in seconds, and few steps.
SMALL = {
    "size": 64, "detector": "small", "detector_size": 0, "encoder": "small", "weights": "random",
    "latent": 16, "features": "random", "crop": 16, "batch": 4, "steps": 3, "inpaint_steps": 3,
}  # fmt: skip


def values(preset):
    return ProposalParams(**ProposalIS.presets[preset])


def test_presets_are_valid():
    for name, preset in ProposalIS.presets.items():
        assert build(ProposalParams, preset, name)
    assert build(ProposalParams, proposal_gumbel.overrides, "proposal-gumbel").sampler == "gumbel"


@pytest.mark.parametrize("preset", ["cpu", "paper"])
def test_the_losses_are_those_of_the_paper(preset):
    """Katircioglu et al. 2022, below Eq. 7, and Eqs. 3, 5, 6, 10."""
    p = values(preset)
    weights = (p.background, p.foreground, p.perceptual, p.cell_weight)
    assert weights == (0.1, 1, 2, 0.1)
    assert (p.area, p.mask_prior, p.mask_mean) == ("box", "v", "image")
    assert (p.mask_target, p.epsilon, p.samples, p.grow) == (0.005, 0.001, 1, 1.15)
    assert (p.sampler, p.gradients, p.outside) == ("importance", "disentangled", "discard")
    assert not p.known_background and not p.hole_channel


def test_the_default_has_the_priors_and_offsets_of_2020():
    cpu, paper, s1 = (values(name) for name in ("cpu", "paper", "s1"))
    assert (cpu.cell_prior, s1.cell_prior, paper.cell_prior) == ("l2", "l2", "l1")
    assert (cpu.mask_weight, s1.mask_weight, paper.mask_weight) == (0.1, 0.1, 0.25)
    assert (cpu.box_weight, cpu.offset_unit) == (s1.box_weight, s1.offset_unit) == (1, "cell")
    assert (paper.box_weight, paper.offset_unit) == (0, "box")


def test_the_earlier_papers():
    """Katircioglu et al. 2019 and 2020: implementation details and A.1."""
    s1, s0 = values("s1"), values("s0")
    assert (s1.latent, s1.appearance, s1.decoder_widths) == (728, 128, (256, 128, 64, 32))
    assert (s1.cell_prior, s1.cell_weight, s1.mask_weight, s1.grow) == ("l2", 0.1, 0.1, 1.2)
    assert (s0.mask_prior, s0.mask_weight, s0.grow) == ("l1", 0.1, 1.1)


@pytest.mark.slow
@pytest.mark.parametrize("preset", ProposalIS.presets)
def test_every_preset_trains(trained, check, preset):
    """Its losses, sampling and schedule, on small networks."""
    method, run = trained([noise()], **(dict(ProposalIS.presets[preset]) | SMALL))
    check(method, noise(), run)
