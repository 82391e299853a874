import pytest

from selfbench.errors import DataError
from selfbench.reports.generations import by_generation
from selfbench.reports.table import make_table
from tests.reports.samples import GOOD, clips_record


def generation(k, output, values):
    """A run of student-teacher; generation 0 is the last."""
    params = (("generation", k), ("generations", 2), ("output", output))
    changed = ((("generation", k),) if k else ()) + (("output", output),)
    name = "t [" + ", ".join(f"{a}={b}" for a, b in changed) + "]"
    return clips_record(name, values, params=params, changed=changed)


def texts(records):
    table = by_generation(make_table(records), records)
    names = [name for _, name in table.columns]
    rows = dict(zip(table.methods, [[cell.text() for cell in row] for row in table.cells]))
    return names, rows


def test_a_row_per_generation_with_means_and_gain():
    names, rows = texts([
        generation(1, "low", [0.5, 0.6]), generation(0, "low", [0.6, 0.7]),
        generation(1, "unet", [0.7, 0.8]), generation(0, "unet", [0.9, 0.8]),
    ])  # fmt: skip
    assert names == ["output=low", "output=unet", "Mean"]
    assert rows == {
        "d J: Generation 1": ["0.550", "0.750", "0.650"],
        "d J: Generation 2": ["0.650", "0.850", "0.750"],
        "d J: Gain": ["0.100", "0.100", "0.100"],
    }


def test_a_generation_that_was_not_run():
    _, rows = texts([generation(1, "low", [0.5]), generation(0, "low", [0.6]),
                     generation(1, "unet", [0.7])])  # fmt: skip
    assert rows["d J: Generation 2"] == ["0.600", "–", "0.600"]
    assert rows["d J: Gain"][1] == "–"


def test_one_generation_is_too_few():
    records = [generation(1, "low", [0.5])]
    with pytest.raises(DataError, match=r"several values of 'generation', got \[1\]"):
        by_generation(make_table(records), records)
    records = [clips_record("a", GOOD)]
    with pytest.raises(DataError, match="got none"):
        by_generation(make_table(records), records)
