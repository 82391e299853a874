import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from selfbench.contracts import Prediction
from selfbench.errors import UsageError
from selfbench.stages.plan import data_places, plan_cells
from selfbench.stages.run import run_cell
from selfbench.store.cell_folder import CellStore
from selfbench.vision.refiners import Step, fit_boxes, grabcut, parse_steps

IMAGE = np.zeros((12, 16, 3), np.uint8)


def test_steps_are_parsed_in_order():
    assert parse_steps("grabcut, boxes:0.3") == (Step("grabcut"), Step("boxes", 0.3))
    assert parse_steps("") == ()
    assert [str(s) for s in parse_steps("crf:0.50,boxes:0.25")] == ["crf", "boxes:0.25"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("box", "no step 'box'. Did you mean boxes"),
        ("boxes:2", "expected a threshold between 0 and 1, e.g. boxes:0.3"),
        ("boxes:", "expected a threshold"),
        ("boxes:high", "expected a threshold"),
    ],
)
def test_wrong_steps_are_refused(text, said):
    with pytest.raises(UsageError, match=said):
        parse_steps(text)


@settings(deadline=None)  # the first call imports OpenCV
@given(arrays(np.bool_, st.tuples(st.integers(1, 9), st.integers(1, 9))))
def test_boxes_are_those_of_the_components(mask):
    boxed = fit_boxes(IMAGE, Prediction(mask.astype(np.float32)), 0.5)
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outer = {(x, y, x + w, y + h) for x, y, w, h in map(cv2.boundingRect, contours)}
    # A component inside the hole of another has no outer contour of its own, but a box.
    assert outer <= set(map(tuple, boxed.boxes.tolist()))
    assert list(boxed.scores) == sorted(boxed.scores, reverse=True)
    assert boxed.scores.sum() == pytest.approx(float(mask.any()))


def test_the_larger_and_more_certain_component_comes_first():
    mask = np.zeros((12, 16))
    mask[1:3, 1:3], mask[5:11, 6:14] = 1.0, 0.75
    boxed = fit_boxes(IMAGE, Prediction(mask), 0.5)
    assert boxed.boxes.tolist() == [[6, 5, 14, 11], [1, 1, 3, 3]]
    assert boxed.scores == pytest.approx([36 / 52, 4 / 52])
    assert len(fit_boxes(IMAGE, Prediction(mask), 0.8).boxes) == 1


def test_grabcut_finds_the_edge_that_the_mask_misses():
    image = np.full((40, 40, 3), 20, np.uint8)
    image[10:30, 10:30] = (200, 40, 40)
    image += np.random.default_rng(0).integers(0, 9, image.shape, np.uint8)
    rough = np.zeros((40, 40), np.float32)
    rough[13:33, 8:27] = 0.9
    refined = grabcut(image, Prediction(rough), 0.5).mask
    truth = np.zeros((40, 40), bool)
    truth[10:30, 10:30] = True
    assert ((refined > 0) == truth).mean() > 0.99
    assert np.array_equal(refined, grabcut(image, Prediction(rough), 0.5).mask), "repeatable"
    assert not grabcut(image, Prediction(0 * rough), 0.5).mask.any()


def test_steps_are_part_of_the_key_and_of_the_name_and_run_before_storing(toys, tmp_path):
    def plan(post):
        where = data_places(None)
        return plan_cells(toys, ["bright"], ["toy"], [0], {}, None, where, parse_steps(post))[0]

    plain, boxed = plan(""), plan("boxes:0.6")
    assert plain.cell.key != boxed.cell.key
    assert plain.fit_key == boxed.fit_key
    assert boxed.changed["method"] == {"post": "boxes:0.6"}
    run_cell(boxed, tmp_path)
    store = CellStore(boxed.cell.folder(tmp_path))
    boxes, _ = store.boxes()["test-0", "00002"]
    assert boxes[0].tolist() == [6, 6, 16, 16], "the toy's square"
    assert store.manifest()["identity"]["post"]["steps"] == ["boxes:0.6"]
