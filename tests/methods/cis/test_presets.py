"""The presets are valid, and the released code differs from the paper where it says so."""

from selfbench.methods.cis import CIS
from selfbench.methods.cis.presets import PAPER, RELEASED
from selfbench.methods.cis.settings import CISParams
from selfbench.params import build


def test_presets_are_valid():
    for name, values in CIS.presets.items():
        assert build(CISParams, values, name)


def test_the_released_code_has_the_paper_as_its_basis():
    changed = {name for name in RELEASED if RELEASED[name] != PAPER.get(name)}
    assert changed == {"reach", "test_reach", "binary", "crops", "own_share"}
