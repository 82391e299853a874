import pytest

from selfbench.errors import DataError
from selfbench.reports.parameters import ParameterPlot, varied
from tests.reports.samples import GOOD, POOR, clips_record, material


def setting(k, values, **more):
    """A run of m, whose k is 3 unless it is set."""
    changed = tuple((more | ({"k": k} if k != 3 else {})).items())
    name = "m [" + ", ".join(f"{a}={b}" for a, b in changed) + "]" if changed else "m"
    params = (("k", k), ("kind", "a"), *more.items())
    return clips_record(name, values, changed=changed, params=params)


def test_parameters_that_were_varied():
    records = [setting(3, GOOD), setting(5, POOR), setting(5, GOOD, x=2), clips_record("n", POOR)]
    assert varied(records) == [("m", "k")]
    files = ParameterPlot().render(material(records))
    assert sorted(files) == ["parameter-m-k.pdf", "parameter-m-k.png"]
    assert files["parameter-m-k.png"].startswith(b"\x89PNG")


def test_switches_are_no_numbers():
    assert varied([setting(3, GOOD, on=True), setting(3, POOR, on=False)]) == []


def test_nothing_varied():
    with pytest.raises(DataError, match="No numeric parameter has two values"):
        ParameterPlot().render(material([setting(5, GOOD), clips_record("n", POOR)]))
