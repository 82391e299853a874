import pytest
from pydantic import Field

from selfbench import Params, Report
from selfbench.contracts import Material

NOTHING = Material([], [], [], [], None, None)


class Counting(Report):
    """How many numbers there are."""

    name = "counting"

    class Params(Params):
        """What can be said."""

        word: str = Field("numbers", description="what they are called")

    def render(self, material):
        return {"count.txt": f"{len(material.records)} {self.params.word}"}


def test_a_report_has_its_defaults():
    assert Counting().render(NOTHING) == {"count.txt": "0 numbers"}
    assert Counting(Counting.Params(word="none")).render(NOTHING) == {"count.txt": "0 none"}
    assert Counting.one_protocol and not Counting.of_ablation


def test_what_it_does_not_write_is_not_there():
    with pytest.raises(NotImplementedError):
        Report().render(NOTHING)
    with pytest.raises(NotImplementedError):
        Counting().verify("", None)
