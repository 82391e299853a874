import base64

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from selfbench.reports.html.curves import MISSING, pack, read_all, thin
from selfbench.stages.score.cells import read_scores, write_scores
from selfbench.stages.score.frames import Row

INFO = {"metrics": {}}


def rows(value=lambda clip, frame: 0.5, **more):
    fields = {"metric": "J", "threshold": "0.5", "level": 0.5, "boxes": ""} | more
    return [
        Row(clip, frame, frame in "04", fields["metric"], fields["threshold"], fields["level"],
            fields["boxes"], value(clip, frame))
        for clip in ("b", "a") for frame in "01234"
    ]  # fmt: skip


def test_equal_to_the_rows_one_by_one(tmp_path):
    rng = np.random.default_rng(0)
    table = [
        row
        for metric in ("J", "F")
        for rule, level in (("0.5", 0.5), ("best-J", 0.35))
        for row in rows(lambda c, f: rng.random(), metric=metric, threshold=rule, level=level)
    ]
    table.append(Row("", "", False, "AP50", "", np.nan, "own", 0.3))  # of the whole dataset
    write_scores(tmp_path, table, INFO)
    indices, scores = read_all({7: tmp_path}, {7: "d"})
    assert indices["d"].places == [(c, f) for c in "ba" for f in "01234"]
    assert indices["d"].clips["a"] == {f: f in "04" for f in "01234"}
    assert scores[7].levels == {"0.5": 0.5, "best-J": 0.35}
    assert set(scores[7].values) == {(m, t, "") for m in "JF" for t in ("0.5", "best-J")}
    read = read_scores(tmp_path)[0]
    for (metric, rule, _), values in scores[7].values.items():
        expected = {
            (r.clip, r.frame): r.value for r in read if (r.metric, r.threshold) == (metric, rule)
        }
        assert dict(zip(indices["d"].places, values)) == expected


def test_runs_that_scored_different_frames_share_one_index(tmp_path):
    write_scores(tmp_path / "1", rows()[:7], INFO)
    write_scores(tmp_path / "2", rows()[3:], INFO)
    indices, scores = read_all({1: tmp_path / "1", 2: tmp_path / "2"}, {1: "d", 2: "d"})
    assert len(indices["d"]) == 10
    missing = [np.isnan(scores[run].values["J", "0.5", ""]).nonzero()[0].tolist() for run in (1, 2)]
    assert missing == [[7, 8, 9], [0, 1, 2]]


def test_several_objects_of_a_frame_are_averaged(tmp_path):
    write_scores(tmp_path, rows(lambda c, f: 0.2) + rows(lambda c, f: 0.6), INFO)
    _, scores = read_all({0: tmp_path}, {0: "d"})
    assert scores[0].values["J", "0.5", ""] == pytest.approx(np.full(10, 0.4))


def test_scores_without_a_row(tmp_path):
    write_scores(tmp_path / "1", [], INFO)
    write_scores(tmp_path / "2", rows(), INFO)
    indices, scores = read_all({1: tmp_path / "1", 2: tmp_path / "2"}, {1: "d", 2: "d"})
    assert len(indices["d"]) == 10 and not scores[1].values and scores[2].values


def test_only_a_score_of_the_whole_dataset(tmp_path):
    write_scores(tmp_path, [Row("", "", False, "AP50", "", np.nan, "own", 0.3)], INFO)
    indices, scores = read_all({0: tmp_path}, {0: "d"})
    assert len(indices["d"]) == 0 and not scores[0].values


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
