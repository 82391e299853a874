from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from selfbench.errors import DataError
from selfbench.reports.latex import render
from selfbench.reports.table import make_table
from selfbench.reports.verifying import verify
from tests.reports.samples import GOOD, clips_record

NAMES = st.text(min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(NAMES, st.lists(st.floats(0, 1), min_size=2, max_size=4), st.floats(0.001, 1))
@example("% cell 1: [", [0.5, 0.5], 0.1)
@example("a & b \\\\", [0.5, 0.25], 0.1)
def test_what_was_printed_holds_and_what_changed_is_reported(name, values, change):
    """Whatever the row is called: all cells are read back, and a changed score is noticed."""
    record = clips_record(name, values, seeds=(0, 1), std=0.5)
    tex = render(make_table([record], intervals=True))
    (cell,) = verify(tex, lambda runs, protocol: record)
    assert cell.equal, cell
    other = replace(record, mean=record.mean + change)
    (cell,) = verify(tex, lambda runs, protocol: other)
    assert cell.equal == (f"{other.mean:.3f}" == f"{record.mean:.3f}")
    (cell,) = verify(tex, lambda runs, protocol: None)
    assert cell.stored is None and not cell.equal


def test_mark_up_is_no_difference_and_an_edited_number_is_one():
    record = clips_record("a", GOOD)
    tex = render(make_table([record]))
    (cell,) = verify(tex.replace("& 0.800", r"& \emph{0.80}"), lambda runs, protocol: record)
    assert cell.equal and cell.printed == r"\emph{0.80}"
    (cell,) = verify(tex.replace("& 0.800", "& 0.801"), lambda runs, protocol: record)
    assert not cell.equal and (cell.row, cell.column, cell.stored) == ("a", 1, "0.800")


def test_files_that_say_nothing():
    with pytest.raises(DataError, match="no line '% cell"):
        verify("a & 0.8 \\\\\n", lambda runs, protocol: None)
    with pytest.raises(DataError, match="fits no cell"):
        verify("a & 0.8 \\\\\n% cell 1: {\n", lambda runs, protocol: None)
