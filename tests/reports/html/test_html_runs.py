import csv

import numpy as np
import pytest

from selfbench.contracts import LABELS
from selfbench.reports.html.curves import read_all
from selfbench.reports.html.runs import frame_quality, read_courses, usual_protocol
from selfbench.reports.predictions import Predictions
from selfbench.store.scores import write_scores
from selfbench.store.series import Row
from selfbench.training.log import COLUMNS, LOG
from tests.reports.samples import score_info, store_run


def read(stored):
    run = Predictions(stored)
    return run, read_all([run])[1][0]


def test_the_first_metric_of_the_papers_at_their_threshold(tmp_path):
    run, scores = read(store_run(tmp_path, metrics=("J", "F")))
    assert usual_protocol(run, scores) == ("J", "best-J", "")
    run, scores = read(store_run(tmp_path / "F", metrics=("F", "J")))
    assert usual_protocol(run, scores) == ("F", "best-J", "")


def test_labels_have_a_rule_of_their_own(tmp_path):
    run, scores = read(store_run(tmp_path, levels={LABELS: 0.0}))
    assert usual_protocol(run, scores) == ("J", LABELS, "")


def test_more_is_better(tmp_path):
    run, scores = read(store_run(tmp_path, metrics=("J",)))
    assert (frame_quality(run, scores) == scores.values["J", "best-J", ""]).all()
    stored = store_run(tmp_path / "less", metrics=())
    rows = [Row("test-0", f"{i:05d}", False, "MAE", "", np.nan, "", i / 10) for i in range(3)]
    write_scores(stored.folder, rows, score_info("MAE", lower_is_better=("mean",), levels={}))
    run, scores = read(stored)
    assert frame_quality(run, scores).tolist() == pytest.approx([0, -0.1, -0.2])


def test_a_score_of_the_whole_dataset_tells_nothing_of_frames(tmp_path):
    stored = store_run(tmp_path, metrics=())
    write_scores(stored.folder, [Row("", "", False, "AP50", "", np.nan, "own", 0.3)],
                 score_info("AP50"))  # fmt: skip
    run, scores = read(stored)
    assert usual_protocol(run, scores) is None and frame_quality(run, scores) is None


def test_what_was_logged(tmp_path):
    lines = [("fit", step, 0.1, name, step / 10) for step in (0, 5) for name in ("loss", "1")]
    with (tmp_path / LOG).open("w", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *lines])
    assert read_courses(tmp_path) == {"fit": {"loss": [[0, 0], [5, 0.5]], "1": [[0, 0], [5, 0.5]]}}
    assert read_courses(tmp_path / "none") == {}
