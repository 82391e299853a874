from typing import Literal

import pytest
from pydantic import Field, field_validator

from selfbench.errors import UsageError
from selfbench.params import Params, build, parse_assignments


class Example(Params):
    components: int = Field(3, ge=1, le=9, description="How many.")
    mode: Literal["soft", "hard"] = Field("soft", description="Which.")


def test_text_becomes_typed_values():
    params = build(Example, {"components": "5", "mode": "hard"}, "x")
    assert (params.components, params.mode) == (5, "hard")


def test_all_problems_are_told_at_once():
    with pytest.raises(UsageError) as error:
        build(Example, {"components": "0", "mod": "hard"}, "x")
    assert "components='0' is refused" in str(error.value)
    assert "Did you mean mode?" in str(error.value)
    assert error.value.code == 2


def test_params_never_change():
    params = Example()
    with pytest.raises(ValueError, match="frozen"):
        params.components = 4


def test_assignments():
    assert parse_assignments(["a=1", "b=x=y", "a = 2"]) == {"a": "2", "b": "x=y"}


@pytest.mark.parametrize("text", ["a", "=1", ""])
def test_wrong_assignments(text):
    with pytest.raises(UsageError, match="expected key=value"):
        parse_assignments([text])


def test_what_a_check_says_is_said_without_pydantics_words():
    class Checked(Params):
        x: int = 2

        @field_validator("x")
        @classmethod
        def _even(cls, value):
            if value % 2:
                raise ValueError("there is no odd number here.")
            return value

    with pytest.raises(UsageError, match=r"m: x='3' is refused: there is no odd number here \(`"):
        build(Checked, {"x": "3"}, "m")
