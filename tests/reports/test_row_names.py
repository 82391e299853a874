import pytest

from selfbench.reports.row_names import plain_name, split_names, without_settings


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
