import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfbench.cli.options import parse_seeds
from selfbench.errors import UsageError


@given(st.lists(st.integers(0, 99), min_size=1, max_size=6))
def test_lists_of_seeds(seeds):
    assert parse_seeds(",".join(map(str, seeds))) == list(dict.fromkeys(seeds))


def test_ranges_of_seeds():
    assert parse_seeds("0-2, 5,1") == [0, 1, 2, 5]
    assert parse_seeds("3-2") == []


@pytest.mark.parametrize("text", ["", "a", "0-", "-1", "1.5", "0,,1"])
def test_what_is_no_seed(text):
    with pytest.raises(UsageError, match=r"--seed got .* expected numbers such as"):
        parse_seeds(text)
