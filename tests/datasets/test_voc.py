"""VOC XML: boxes come back, any other text is refused in words."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from selfbench.datasets.voc import voc_boxes, voc_truth
from selfbench.errors import DataError
from tests.datasets.layouts import voc

numbers = st.floats(-1e4, 1e4, allow_nan=False, width=32)
same_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@same_folder
@given(st.lists(st.tuples(*[numbers] * 4), max_size=4))
def test_voc_boxes_come_back(tmp_path, boxes):
    voc(tmp_path / "a.xml", boxes)
    assert voc_boxes(tmp_path / "a.xml").tolist() == [list(b) for b in boxes]


@same_folder
@given(st.text(max_size=60))
def test_other_text_is_no_voc(tmp_path, text):
    path = tmp_path / "a.xml"
    path.write_text(f"<annotation><object><bndbox>{text}</bndbox></object>", encoding="utf-8")
    with pytest.raises(DataError, match="is not an annotation"):
        voc_boxes(path)


def test_truth_is_boxes_without_a_mask(tmp_path):
    voc(tmp_path / "a.xml", [(1, 2, 3, 4)])
    truth = voc_truth(tmp_path / "a.xml")
    assert truth.boxes.tolist() == [[1, 2, 3, 4]] and truth.mask is None
    with pytest.raises(DataError, match="is not an annotation"):
        voc_truth(tmp_path / "missing.xml")
