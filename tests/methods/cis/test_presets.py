"""The presets are valid, and the released code differs from the paper where it says so."""

import numpy as np
import pytest

from selfbench.methods.cis import CIS
from selfbench.methods.cis.presets import PAPER, RELEASED
from selfbench.methods.cis.settings import CISParams
from selfbench.params import build
from tests.methods.cis.conftest import TINY
from tests.methods.scenes import moving_square


def test_presets_are_valid():
    for name, values in CIS.presets.items():
        assert build(CISParams, values, name)


def test_the_paper_and_the_default_have_the_losses_of_the_paper():
    for values in ({}, PAPER):
        p = CISParams(**values)
        assert (p.norm, p.denominator, p.flow_scale) == ("square", "flow", "width")
        assert p.smooth == 0 and not p.binary


@pytest.mark.slow
@pytest.mark.parametrize("preset", CIS.presets)
def test_every_preset_trains(trained, preset):
    """Its losses and schedule, on small networks and the flow at hand."""
    clip, _ = moving_square(4)
    small = TINY | {"flow": "dis", "flow_size": 96, "steps": 4}
    _, masks = trained([clip], **(dict(CIS.presets[preset]) | small))
    assert np.isfinite(masks).all()


def test_the_released_code_has_the_paper_as_its_basis():
    changed = {name for name in RELEASED if RELEASED[name] != PAPER.get(name)}
    assert changed == {
        "reach", "test_reach", "binary", "crops", "norm", "denominator", "flow_scale",
        "pretrain_steps", "smooth",
    }  # fmt: skip
