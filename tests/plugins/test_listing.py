import sys

import pytest

from selfbench.errors import UsageError
from selfbench.plugins.listing import brief_all
from selfbench.plugins.registry import Registry


def test_every_plugin_has_a_summary_and_no_error():
    plugins = brief_all(Registry())
    assert {plugin.kind for plugin in plugins} == {
        "methods", "datasets", "metrics", "reports", "ablations"
    }  # fmt: skip
    assert [p for p in plugins if not p.summary or p.error] == []


def test_a_broken_file_shows_with_its_error(tmp_path):
    file = tmp_path / "broken_plugin.py"
    file.write_text("import nothing_of_the_kind\n")
    (broken,) = [p for p in brief_all(Registry([file]), "methods") if p.error]
    assert broken.name == "broken_plugin" and "nothing_of_the_kind" in broken.error
    assert "broken_plugin" not in sys.modules


def test_a_kind_that_there_is_not():
    with pytest.raises(UsageError, match="Did you mean methods"):
        brief_all(Registry(), "method")
