from pathlib import Path

import pytest

from selfbench.api.context import as_list, as_seeds, make_context, open_named
from selfbench.errors import DataError, UsageError
from tests.conftest import TOY


def test_one_or_several():
    assert as_list("a,b") == ["a,b"] and as_list(["a", "b"]) == ["a", "b"] and as_list(None) == []
    assert as_seeds(3) == [3] and as_seeds(range(2)) == [0, 1]


def test_places_and_plugins_may_be_texts():
    context = make_context(str(TOY), results="there", workers=3, device="cpu", devices=2)
    assert context.source.results == Path("there") and context.workers == 3
    assert context.source.devices.count == 2
    assert open_named(context, "toy", {"toy.clips": 1}).params.clips == 1
    with pytest.raises(UsageError, match="'tay' is not a selected"):
        open_named(context, "toy", {"tay.clips": 1})


def test_a_data_root_that_is_none(tmp_path):
    with pytest.raises(DataError, match="is not a folder"):
        make_context(data_root=tmp_path / "nowhere")
