from pathlib import Path

import selfbench
from selfbench.plugins.files import locate


def test_locate_finds_without_importing():
    contracts = Path(selfbench.__file__).parent / "contracts/__init__.py"
    assert locate("selfbench.contracts") == contracts
    assert locate("selfbench.nothing") is None
    assert locate("no_such_package.at.all") is None
