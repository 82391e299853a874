import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from selfbench.store.series import Columns, Row

names = st.sampled_from(["a", "b", ""])
rows = st.lists(
    st.builds(
        Row, names, names, st.booleans(), st.just("J"), st.sampled_from(["0.5", "val"]),
        st.just(0.5), st.sampled_from(["", "mask"]), st.floats(0, 1), st.sampled_from(["", "1"]),
    )
)  # fmt: skip


@given(rows)
def test_series_are_the_rows_that_agree_in_order(rows):
    expected = {}
    for row in rows:
        key = (row.threshold, row.boxes, row.clip, row.object)
        expected.setdefault(key, []).append((row.value, row.end))
    series = {
        (s.threshold, s.boxes, s.clip, s.object): list(zip(s.values, s.ends))
        for s in Columns.of(rows).series()
    }
    assert series == expected


def test_the_names_of_a_column():
    columns = Columns.of([Row("b", "0", True, "J", "", np.nan, "", 1.0)] * 2)
    assert columns.names("clip") == ["b"] and columns.names("threshold") == [""]
