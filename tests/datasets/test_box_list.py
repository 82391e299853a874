"""Lists of boxes, a line per frame."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from selfbench.datasets.box_list import read_box_list
from selfbench.errors import DataError

numbers = st.floats(-1e4, 1e4, allow_nan=False, width=32)
box = st.tuples(numbers, numbers, numbers, numbers)
same_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@same_folder
@given(st.lists(box, min_size=1, max_size=5), st.sampled_from([",", "\t", " ", ", "]))
def test_lists_of_boxes_come_back(tmp_path, boxes, separator):
    path = tmp_path / "boxes.txt"
    path.write_text("".join(f"{separator.join(map(repr, b))}\n" for b in boxes))
    names = [str(i) for i in range(len(boxes))]
    read = read_box_list(path, names)
    assert read.keys() == {n for n, b in zip(names, boxes) if b[2] > 0 and b[3] > 0}
    for name, (x, y, width, height) in zip(names, boxes):
        if name in read:
            assert read[name].tolist() == [[x, y, x + width, y + height]]


@same_folder
@given(st.text(max_size=80))
def test_any_text_is_a_list_or_an_error(tmp_path, text):
    path = tmp_path / "boxes.txt"
    path.write_text(text, encoding="utf-8")
    try:
        boxes = read_box_list(path, ["0", "1"])
    except DataError as error:
        assert str(path) in str(error)
    else:
        assert boxes.keys() <= {"0", "1"}
        assert all((b[:, 2:] >= b[:, :2]).all() for b in boxes.values())


@pytest.mark.parametrize(
    ("text", "words"),
    [("1,2,3,4\n", "has 1 lines for 2 frames"), ("1,2,3,4\n1,2,3\n", "line 2 of .* is '1,2,3'"),
     ("1,2,3,4\na b c d\n", "expected x,y,width,height in pixels")],
)  # fmt: skip
def test_other_files_are_refused(tmp_path, text, words):
    path = tmp_path / "boxes.txt"
    path.write_text(text)
    with pytest.raises(DataError, match=words):
        read_box_list(path, ["0", "1"])


def test_out_of_view_there_is_no_box(tmp_path):
    path = tmp_path / "boxes.txt"
    path.write_text("NaN,NaN,NaN,NaN\n1 2 3 4\n5,5,0,9\n\n")
    assert {n: b.tolist() for n, b in read_box_list(path, ["a", "b", "c"]).items()} == {
        "b": [[1, 2, 4, 6]]
    }
    with pytest.raises(DataError, match="cannot be read"):
        read_box_list(tmp_path / "missing.txt", ["a"])
