"""Parameters as typed, and those that do not fit together."""

import pytest

from selfbench.errors import UsageError
from selfbench.methods.cis.settings import CISParams
from selfbench.params import build


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"size": "100x50"}, "multiple of 8"),
        ({"flow": "files"}, "flow_files"),
        ({"flow": "clip", "stabilise": "true"}, "exists already"),
        ({"crops": "0.9,2"}, "less than or equal to 1"),
    ],
)
def test_parameters_that_do_not_fit(given, words):
    with pytest.raises(UsageError, match=words):
        build(CISParams, given, "cis")


def test_sizes_and_crops_as_typed():
    params = build(CISParams, {"size": "384x192", "crops": "0.85,1"}, "cis")
    assert params.size == (384, 192) and params.crops == (0.85, 1.0)
