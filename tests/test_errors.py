import pytest

import selfbench
from selfbench.errors import DataError, SelfbenchError, StoreError, UsageError, did_you_mean


def test_exit_codes():
    assert [kind.code for kind in (SelfbenchError, DataError, StoreError, UsageError)] == [
        1,
        1,
        1,
        2,
    ]
    assert selfbench.SelfbenchError is SelfbenchError


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("videpca", " Did you mean videopca?"),
        ("CIS", " Did you mean cis?"),
        ("quite another", " Known: cis, videopca."),
    ],
)
def test_the_nearest_names(name, text):
    assert did_you_mean(name, ["videopca", "cis"]) == text
    assert did_you_mean(name, []) == ""
