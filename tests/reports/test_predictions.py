import numpy as np
import pytest

from selfbench.contracts import LABELS
from selfbench.errors import DataError
from selfbench.reports.predictions import Predictions, read_mask
from tests.files import write_mask
from tests.reports.samples import open_toy, soft_square, store_run

BOXES = np.array([[0.0, 0, 10, 10]]), np.array([0.7])


def test_what_a_run_predicted(tmp_path):
    run = Predictions(store_run(tmp_path, boxes=BOXES))
    assert (run.mask("test-1", "00003") == soft_square(3)).all()
    boxes, scores = run.boxes["test-0", "00002"]
    assert boxes.tolist() == [[0, 0, 10, 10]] and scores.tolist() == [0.7]
    assert (run.dataset, run.method, run.frames_digest) == ("toy", "bright", "toy-2")
    assert [info.metric for info in run.scores] == ["J", "F"], "as the papers rank them"


def test_the_threshold_is_the_best_on_the_evaluation_set(tmp_path):
    assert Predictions(store_run(tmp_path / "1")).level == 0.35
    assert Predictions(store_run(tmp_path / "2", levels={"0.5": 0.5, "val": 0.2})).level == 0.5
    assert Predictions(store_run(tmp_path / "3", metrics=())).level == 0.5


def test_masks_that_lie_elsewhere_and_are_labels(tmp_path):
    write_mask(tmp_path / "mine" / "test-0" / "00000.png", np.eye(3, dtype=np.uint8))
    run = Predictions(store_run(tmp_path, levels={LABELS: 0.0}, predictions=str(tmp_path / "mine")))
    assert run.are_labels and (run.mask("test-0", "00000") == 255 * np.eye(3)).all()


def test_the_split_is_the_one_that_was_run(tmp_path):
    run = store_run(tmp_path, test_split="val")
    assert Predictions(run).test_split(open_toy(run)) == "val"
    evaluated = store_run(tmp_path / "evaluated", test_split=None)
    assert Predictions(evaluated).test_split(open_toy(evaluated)) == "test"


def test_soft_masks_and_a_file_that_is_gone(tmp_path):
    write_mask(tmp_path / "0.png", np.full((2, 2), 7, np.uint8))
    assert (read_mask(tmp_path / "0.png", are_labels=False) == 7).all()
    with pytest.raises(DataError, match=r"1\.png cannot be read"):
        read_mask(tmp_path / "1.png", are_labels=True)
