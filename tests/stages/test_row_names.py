import pytest

from selfbench.stages.row_names import (
    matches,
    plain_name,
    row_name,
    split_names,
    split_patterns,
    without_settings,
)


def test_plain():
    assert plain_name("m [k=1, x=2]") == plain_name("m [sees the truth]") == plain_name("m") == "m"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", []),
        ("a", ["a"]),
        ("a, b [k=1, x=2],c", ["a", "b [k=1, x=2]", "c"]),
        (",a,", ["a"]),
        ("a], b", ["a]", "b"]),
    ],
)
def test_a_list_of_names(text, names):
    assert split_names(text) == names


def test_settings_that_are_left_out():
    assert without_settings("d [a=1, b=2]", {"a": 1}) == "d [b=2]"
    assert without_settings("d [a=1]", {"a": 1}) == without_settings("d", {"a": 1}) == "d"


def test_names_match_with_and_without_what_was_set():
    assert matches("bright [gain=3.0]", ["bright"]) and matches("bright [gain=3.0]", None)
    assert matches("bright [gain=3.0]", ["x,bright [gain=3.0]"])
    assert not matches("bright", ["bright [gain=3.0]"]) and not matches("bright", ["b"])


def test_a_bound_says_so_in_its_name():
    manifest = {"dataset": "d", "method": "m", "needs_truth": True,
                "changed": {"dataset": {"clips": 1}, "method": {}}}  # fmt: skip
    assert row_name(manifest) == ("d [clips=1]", "m [sees the truth]")


def test_patterns_may_be_comma_lists():
    assert split_patterns(["a,b*", "c [x=1, y=2]"]) == ["a", "b*", "c [x=1, y=2]"]
    assert split_patterns(None) == ["*"]
