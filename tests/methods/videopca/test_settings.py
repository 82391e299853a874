"""Parameters: described, bounded, and refused where they do not fit."""

import pytest

from selfbench.errors import UsageError
from selfbench.methods.videopca import VideoPCA
from selfbench.params import build


def test_every_parameter_is_described_and_bounded():
    for name, field in VideoPCA.Params.model_fields.items():
        assert field.description, name
        if field.annotation in (int, float):
            assert len(field.metadata) == 2, name


@pytest.mark.parametrize(
    "values",
    [
        {"components": 0},
        {"size": 8},
        {"low": 0.9},
        {"high": 0.4},
        {"final": "softmax"},
        {"cue_threshold": float("nan")},
        {"shots": 3},
    ],
)
def test_wrong_parameters_are_refused(values):
    with pytest.raises(UsageError, match=next(iter(values)) if "low" not in values else "high"):
        build(VideoPCA.Params, values, "videopca")


def test_presets_are_valid():
    for values in VideoPCA.presets.values():
        build(VideoPCA.Params, values, "videopca")
