import base64

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from selfbench.contracts import StoredRun
from selfbench.reports.html.curves import MISSING, pack, read_all, thin
from selfbench.reports.predictions import Predictions
from selfbench.store.scores import write_scores
from selfbench.store.series import Row
from tests.reports.samples import score_info


def rows(value=lambda clip, frame: 0.5, **more):
    fields = {"metric": "J", "threshold": "0.5", "level": 0.5, "boxes": ""} | more
    return [
        Row(clip, frame, frame in "04", fields["metric"], fields["threshold"], fields["level"],
            fields["boxes"], value(clip, frame))
        for clip in ("b", "a") for frame in "01234"
    ]  # fmt: skip


def scored(folder, **metrics):
    """A run with these rows of each metric, ranked as they come."""
    for rank, (metric, table) in enumerate(metrics.items()):
        write_scores(folder, table, score_info(metric, rank))
    return Predictions(StoredRun(folder, {}, "d", "m"))


AP50 = [Row("", "", False, "AP50", "", np.nan, "own", 0.3)]  # of the whole dataset


def test_equal_to_the_rows_one_by_one(tmp_path):
    rng = np.random.default_rng(0)
    tables = {
        metric: [
            row
            for rule, level in (("0.5", 0.5), ("best-J", 0.35))
            for row in rows(lambda c, f: rng.random(), threshold=rule, level=level)
        ]
        for metric in ("J", "F")
    }
    indices, (scores,) = read_all([scored(tmp_path, **tables, AP50=AP50)])
    assert indices["d"].places == [(c, f) for c in "ba" for f in "01234"]
    assert indices["d"].clips["a"] == {f: f in "04" for f in "01234"}
    assert indices["d"].spans == {"b": slice(0, 5), "a": slice(5, 10)}
    assert scores.levels == {"0.5": 0.5, "best-J": 0.35}
    assert list(dict.fromkeys(m for m, _, _ in scores.values)) == ["J", "F"], "in the papers' order"
    for (metric, rule, boxes), values in scores.values.items():
        expected = {(r.clip, r.frame): r.value for r in tables[metric] if r.threshold == rule}
        assert boxes == "" and dict(zip(indices["d"].places, values)) == expected


def test_runs_that_scored_different_frames_share_one_index(tmp_path):
    runs = [scored(tmp_path / "1", J=rows()[:7]), scored(tmp_path / "2", J=rows()[3:])]
    indices, scores = read_all(runs)
    assert len(indices["d"]) == 10
    missing = [np.isnan(one.values["J", "0.5", ""]).nonzero()[0].tolist() for one in scores]
    assert missing == [[7, 8, 9], [0, 1, 2]]


def test_a_metric_of_fewer_frames_is_missing_on_the_others(tmp_path):
    _, (scores,) = read_all([scored(tmp_path, J=rows(), T=rows()[:2])])
    assert np.isnan(scores.values["T", "0.5", ""]).sum() == 8


def test_several_objects_of_a_frame_are_averaged(tmp_path):
    table = rows(lambda c, f: 0.2) + rows(lambda c, f: 0.6)
    _, (scores,) = read_all([scored(tmp_path, J=table)])
    assert scores.values["J", "0.5", ""] == pytest.approx(np.full(10, 0.4))


def test_boxes_of_both_kinds_are_told_apart(tmp_path):
    table = [r for kind in ("own", "mask") for r in rows(boxes=kind, threshold="", level=np.nan)]
    _, (scores,) = read_all([scored(tmp_path, CorLoc=table)])
    assert set(scores.values) == {("CorLoc", "", "own"), ("CorLoc", "", "mask")}
    assert scores.levels == {}


def test_scores_without_a_row(tmp_path):
    indices, scores = read_all([scored(tmp_path / "1", J=[]), scored(tmp_path / "2", J=rows())])
    assert len(indices["d"]) == 10 and not scores[0].values and scores[1].values


def test_only_a_score_of_the_whole_dataset(tmp_path):
    indices, (scores,) = read_all([scored(tmp_path, AP50=AP50)])
    assert len(indices["d"]) == 0 and not scores.values


@given(
    arrays(
        np.float64,
        st.integers(1, 30),
        elements=st.one_of(st.floats(-1e6, 1e6, allow_subnormal=False), st.just(float("nan"))),
    )
)
def test_packed_values_come_back(values):
    packed = pack(values)
    codes = np.frombuffer(base64.b64decode(packed["codes"]), "<u2")
    assert ((codes == MISSING) == np.isnan(values)).all()
    span = packed["high"] - packed["low"]
    back = packed["low"] + span * codes.astype(float) / (MISSING - 1)
    known = ~np.isnan(values)
    assert np.abs(back - values)[known].max(initial=0) <= 1e-5 * span + 1e-12


def test_long_courses_are_thinned_to_means():
    steps = np.arange(1000.0)
    course = thin(steps, steps * 2, most=10)
    assert len(course) == 10 and course[0] == [49.5, 99.0]
    assert thin(steps[:3], steps[:3]) == [[0, 0], [1, 1], [2, 2]]
