import base64
import io

import numpy as np
import pytest
from PIL import Image

from selfbench.contracts import Clip, Truth
from selfbench.media.masks import LEVELS, binarise
from selfbench.reports.html.pictures import LEVEL_OF, LONG_SIDE, Job, draw_all
from tests.files import write_mask


class Frames:
    names = ("0", "1")

    def __init__(self, height=8, width=12):
        self.frame = np.full((height, width, 3), 90, np.uint8)

    def __len__(self):
        return 2

    def __getitem__(self, index):
        return self.frame

    def __iter__(self):
        return iter([self.frame, self.frame])


def decoded(uri: str) -> np.ndarray:
    head, data = uri.split(",")
    assert head in ("data:image/png;base64", "data:image/jpeg;base64")
    return np.array(Image.open(io.BytesIO(base64.b64decode(data))))


@pytest.mark.parametrize(("step", "level"), list(enumerate(LEVELS, 1)))
def test_levels_are_the_thresholds_of_the_score_stage(step, level):
    values = np.arange(256, dtype=np.uint8)
    assert ((step <= LEVEL_OF) == binarise(values, level)).all()


def test_masks_truth_and_boxes(tmp_path):
    soft = np.arange(96, dtype=np.uint8).reshape(8, 12) * 2
    write_mask(tmp_path / "1.png", soft)
    mask = soft > 100
    void = np.zeros_like(mask)
    void[0] = True
    boxes = np.array([[0.0, 0, 4, 4], [2, 2, 8, 8]]), np.array([0.1, 0.9])
    job = Job(Clip("c", Frames()), 1, {"1": Truth(mask, void)}, {3: tmp_path}, {3: boxes})
    (picture,) = draw_all([job])
    assert picture["frame"] == "1" and picture["size"] == (12, 8)
    assert (decoded(picture["masks"][3]) == LEVEL_OF[soft]).all()
    assert (decoded(picture["truth"]) == np.where(void, 2, mask)).all()
    assert picture["boxes"] == {3: [[2, 2, 8, 8], [0, 0, 4, 4]]}, "best first"
    assert decoded(picture["image"]).shape == (8, 12, 3)


def test_labels_are_foreground_above_zero(tmp_path):
    labels = np.zeros((8, 12), np.uint8)
    labels[2:4] = 1
    write_mask(tmp_path / "0.png", labels)
    job = Job(Clip("c", Frames()), 0, {}, {0: tmp_path}, {}, frozenset({0}))
    (picture,) = draw_all([job])
    assert (decoded(picture["masks"][0]) == 19 * labels).all()
    assert "truth" not in picture


def test_a_mask_that_is_gone_is_left_out(tmp_path):
    (picture,) = draw_all([Job(Clip("c", Frames()), 0, {}, {0: tmp_path}, {})])
    assert picture["masks"] == {}


def test_large_frames_are_scaled_with_their_boxes(tmp_path):
    frames = Frames(2 * LONG_SIDE, 4 * LONG_SIDE)
    truth = {"0": Truth(boxes=np.array([[0.0, 0, 400, 40]]))}
    (picture,) = draw_all([Job(Clip("c", frames), 0, truth, {}, {})])
    assert picture["size"] == (LONG_SIDE, LONG_SIDE // 2)
    assert picture["trueBoxes"] == [[0, 0, 100, 10]]
