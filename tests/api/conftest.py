import pytest

from tests.conftest import TOY


@pytest.fixture
def toy(tmp_path):
    """What every call gets: the toy plug-ins, results of its own, and silence."""
    return {"plugin": TOY, "results": tmp_path / "results"}
