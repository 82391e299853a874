from dataclasses import replace

from hypothesis import example, given, settings
from hypothesis import strategies as st

from selfbench.reports.verifying import verify
from tests.reports.test_table_layouts import files, of

NAMES = st.text(min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(NAMES, st.lists(st.floats(0, 1), min_size=2, max_size=4), st.floats(0.001, 1))
@example("% cell 1: [", [0.5, 0.5], 0.1)
@example("a & b \\\\", [0.5, 0.25], 0.1)
def test_what_was_printed_holds_and_what_changed_is_found(name, values, change):
    """Whatever the row is called: all cells are read back, and a changed score is seen."""
    record = of(name, values, seeds=(0, 1), std=0.5)
    tex = files([record], intervals=True)["comparison.tex"]
    (cell,) = verify(tex, lambda runs, protocol: record)
    assert cell.equal, cell
    other = replace(record, mean=record.mean + change)
    (cell,) = verify(tex, lambda runs, protocol: other)
    assert cell.equal == (f"{other.mean:.3f}" == f"{record.mean:.3f}")
    (cell,) = verify(tex, lambda runs, protocol: None)
    assert cell.stored is None and not cell.equal
