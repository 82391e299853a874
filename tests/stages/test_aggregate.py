import json

import numpy as np
import pytest

from selfbench.stages.aggregate import (
    make_records,
    newest,
    read_runs,
    read_scored,
    stored_record,
)
from selfbench.store.scores import read_infos, write_scores


def records_of(results, metrics=None):
    return make_records(read_scored(newest(read_runs(results)), metrics))


def test_seeds_become_mean_and_sample_deviation(scored, tmp_path):
    scored(seeds=(0, 1, 2))
    where = ("F", "mean", "best-J", "all", "")
    (record,) = [
        r for r in records_of(tmp_path)
        if (r.metric, r.statistic, r.threshold, r.frames, r.boxes) == where
    ]  # fmt: skip
    values = [one.values()[where][1].value for one in read_scored(read_runs(tmp_path))]
    assert record.seeds == (0, 1, 2)
    assert record.mean == pytest.approx(np.mean(values))
    assert record.std == pytest.approx(np.std(values, ddof=1))
    assert len(record.keys) == 3 and record.clips == 2


def test_changed_parameters_make_a_row_of_their_own(scored, tmp_path):
    scored()
    scored(gain="3")
    assert {r.method for r in records_of(tmp_path)} == {"bright", "bright [gain=3.0]"}
    assert {r.params for r in records_of(tmp_path)} == {(("gain", 1.0),), (("gain", 3.0),)}


def test_the_newest_of_two_states_of_a_method_wins(scored, tmp_path):
    (plan,) = scored()
    old = plan.cell.folder(tmp_path)
    copy = old.parents[1] / "0123456789ab" / "seed-0"
    copy.mkdir(parents=True)
    manifest = json.loads((old / "manifest.json").read_text())
    manifest |= {"key": "0123456789ab", "started": "2001-01-01T00:00:00Z"}
    (copy / "manifest.json").write_text(json.dumps(manifest))
    runs = read_runs(tmp_path)
    assert [run.manifest["key"] for run in runs] == ["0123456789ab", plan.cell.key]
    assert [run.manifest["key"] for run in newest(runs)] == [plan.cell.key]


def test_clips_add_up_to_the_number(scored, tmp_path):
    """The weighted mean of the clips is the number itself, for J and for a share of frames."""
    scored(method="learner", seeds=(0, 1))
    records = records_of(tmp_path)
    for record in records:
        if record.per_clip:
            weights = [clip.weight for clip in record.per_clip]
            values = [clip.value for clip in record.per_clip]
            assert np.average(values, weights=weights) == pytest.approx(record.mean)
        assert (record.metric == "AP50") == (not record.per_clip)
    assert {r.runs[1].rpartition("/")[2] for r in records} == {"seed-1"}
    assert {r.supervision for r in records} == {()} and {r.version for r in records} == {"toy-2"}


def test_scores_without_a_row(scored, tmp_path):
    (plan,) = scored()
    folder = plan.cell.folder(tmp_path)
    for info in read_infos(folder):
        write_scores(folder, [], info.__class__(**{**vars(info), "summaries": ()}))
    assert records_of(tmp_path) == []


def test_only_what_is_asked_for_is_read(scored, tmp_path):
    (plan,) = scored()
    scored(method="learner")
    broken = plan.cell.folder(tmp_path) / "scores" / "F.parquet"
    broken.write_bytes(b"nothing of the kind")
    assert {r.metric for r in records_of(tmp_path, ["J"])} == {"J"}
    runs = read_runs(tmp_path, ["learner"], ["toy"])
    assert {run.method for run in runs} == {"learner"}
    (plan.cell.folder(tmp_path) / "manifest.json").write_text("no manifest")
    assert read_runs(tmp_path, ["learner"]) == runs
    assert read_runs(tmp_path, datasets=["other*"]) == []


def test_scores_of_a_metric_that_is_gone_still_show(scored, tmp_path):
    """Nothing but the file is asked: no plug-in is loaded to make records."""
    (plan,) = scored()
    folder = plan.cell.folder(tmp_path) / "scores"
    (info,) = [i for i in read_infos(folder.parent) if i.metric == "J"]
    gone = info.__class__(**{**vars(info), "metric": "gone", "rank": 9})
    write_scores(folder.parent, [], gone)
    of_gone = [r for r in records_of(tmp_path) if r.metric == "gone"]
    of_j = [r for r in records_of(tmp_path) if r.metric == "J"]
    assert [r.mean for r in of_gone] == [r.mean for r in of_j] and of_gone


def test_stored_records_are_looked_up_by_run_and_protocol(scored, tmp_path):
    scored()
    (record,) = [r for r in records_of(tmp_path) if r.metric == "J" and r.threshold == "val"
                 and r.statistic == "mean" and r.frames == "all"]  # fmt: skip
    look_up = stored_record(tmp_path)
    where = ["J", "mean", "val", "all", ""]
    assert look_up(record.runs, where) == record
    assert look_up(record.runs, ["J", "mean", "never", "all", ""]) is None
    assert look_up(["toy/bright/gone/seed-0"], where) is None
