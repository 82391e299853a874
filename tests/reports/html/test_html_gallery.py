from dataclasses import replace

import pytest

from selfbench.errors import DataError
from selfbench.reports.html.curves import read_all
from selfbench.reports.html.gallery import make_gallery
from selfbench.reports.predictions import Predictions
from tests.reports.samples import open_toy, soft_square, store_run


def gallery(stored, open_dataset=open_toy, budget=100):
    runs = [Predictions(run) for run in stored]
    indices, scores = read_all(runs)
    return make_gallery(
        dict(enumerate(runs)), dict(enumerate(scores)), indices["toy"], open_dataset, budget
    )


def test_a_small_dataset_is_shown_whole(tmp_path):
    made = gallery([store_run(tmp_path, "a"), store_run(tmp_path, "b", mask=soft_square)])
    assert made.problem == "" and set(made.clips) == {"test-0", "test-1"}
    assert [picture["place"] for picture in made.clips["test-1"]] == list(range(6))
    assert all(set(picture["masks"]) == {0, 1} for picture in made.clips["test-0"])
    assert all(picture["truth"] for picture in made.clips["test-0"])


def test_marks_name_runs_by_their_numbers(tmp_path):
    unscored = store_run(tmp_path, "a", metrics=())
    made = gallery([unscored, store_run(tmp_path, "b")])
    assert {(mark.kind, mark.run) for mark in made.marks} == {("worst", 1), ("median", 1)}


def test_methods_that_differ_dispute_frames(tmp_path):
    weak = store_run(tmp_path, "weak", mask=lambda frame: soft_square(0 if frame == 3 else frame))
    made = gallery([store_run(tmp_path, "a"), weak])
    assert {mark.frame % 6 for mark in made.marks if mark.kind == "disputed"} == {3}


def test_the_budget_leaves_the_worst_and_the_median(tmp_path):
    made = gallery([store_run(tmp_path)], budget=0)
    assert 1 <= sum(map(len, made.clips.values())) <= 2


def test_masks_of_an_earlier_state_of_the_frames_are_left_out(tmp_path):
    older = store_run(tmp_path, "older", identity={"frames": "those of yesterday"})
    made = gallery([older, store_run(tmp_path, "newer")])
    assert all(set(picture["masks"]) == {1} for picture in made.clips["test-0"])


def test_no_pictures_where_the_dataset_cannot_be_opened(tmp_path):
    def missing(run):
        raise DataError("The frames of toy have changed")

    made = gallery([store_run(tmp_path)], missing)
    assert made.clips == {} and made.problem == "No pictures: The frames of toy have changed"
    assert made.marks, "which frames are worth a look is known all the same"


def test_no_scores_of_frames(tmp_path):
    made = gallery([store_run(tmp_path, metrics=())])
    assert "No frame of this dataset has a score" in made.problem


@pytest.mark.parametrize("split", ["test", None])
def test_the_split_that_was_run(tmp_path, split):
    run = store_run(tmp_path)
    made = gallery([replace(run, manifest={**run.manifest, "test_split": split})])
    assert set(made.clips) == {"test-0", "test-1"}
