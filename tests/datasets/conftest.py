import pytest

from selfbench.datasets import ski_ptz
from tests.datasets.trees import TRIALS


@pytest.fixture
def short_trials(monkeypatch):
    """Ski-PTZ with the few frames that `layouts.ski_ptz` writes."""
    monkeypatch.setattr(ski_ptz, "TRIALS", TRIALS)
