import pytest

import selfbench
from selfbench.api import open_datasets
from selfbench.errors import UsageError
from tests.conftest import TOY


def test_plugins_are_listed(monkeypatch):
    names = {(one.kind, one.name) for one in selfbench.list_plugins(plugin=TOY)}
    assert {("methods", "bright"), ("datasets", "toy"), ("metrics", "J")} <= names
    assert {one.kind for one in selfbench.list_plugins("reports")} == {"reports"}
    with pytest.raises(UsageError, match=r"no kind 'method'.* Did you mean methods"):
        selfbench.list_plugins("method")


def test_a_dataset_opens_by_name():
    data = selfbench.load_dataset("toy", plugin=TOY, clips=1)
    (clip,) = data.clips("test")
    assert clip.frames[0].shape == (24, 32, 3)
    assert set(data.truth("test")) == {"test-0"}
    with pytest.raises(UsageError, match="toy: there is no parameter 'clip'"):
        selfbench.load_dataset("toy", plugin=TOY, clip=1)
    with pytest.raises(UsageError, match="no dataset 'tyo'"):
        selfbench.load_dataset("tyo", plugin=TOY)


def test_wildcards_leave_out_datasets_that_need_parameters():
    assert {d.name for d in open_datasets(["fold*", "toy"], plugin=TOY)} == {"toy"}
    with pytest.raises(UsageError, match="folder: path"):
        list(open_datasets("folder"))


def test_check_reads_everything():
    (checkup,) = selfbench.check("toy", plugin=TOY, workers=1, quiet=True)
    assert checkup.dataset == "toy" and checkup.counts["test"].frames == 12
