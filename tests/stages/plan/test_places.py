from pathlib import Path

import pytest

from selfbench.errors import DataError
from selfbench.stages.plan import data_places


def test_arguments_come_before_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("SELFBENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("SELFBENCH_DATA", raising=False)
    assert data_places(None).root is None and data_places(None).cache == tmp_path / "cache"
    monkeypatch.setenv("SELFBENCH_DATA", str(tmp_path))
    assert data_places(None).root == tmp_path
    other = tmp_path / "other"
    other.mkdir()
    assert data_places(other, Path("c")) == (data_places(other).__class__(other, Path("c")))
    with pytest.raises(DataError, match="is not a folder; --data-root"):
        data_places(tmp_path / "nowhere")
