import json

import numpy as np
import pytest

from selfbench.stages.aggregate import cell_values, make_records, newest, read_cells, without_scores
from selfbench.stages.plan import data_places, plan_cells
from selfbench.stages.run import run_cell
from selfbench.stages.score.cells import load_metrics, read_scores, score_cell, write_scores
from selfbench.stages.score.frames import Row


def rows(metric: str, **clips: list[float]) -> list[Row]:
    return [
        Row(clip, str(i), i in (0, len(values) - 1), metric, "0.5", 0.5, "", value)
        for clip, values in clips.items()
        for i, value in enumerate(values)
    ]


@pytest.fixture
def metrics(toys):
    return {e.name: e.load()() for e in toys.select("metrics", ["J", "CorLoc"])}


def test_clips_weigh_the_same_for_j_and_frames_for_corloc(metrics):
    of = {"a": [1.0, 1.0, 1.0], "b": [0.0]}
    values = cell_values(rows("J", **of), metrics, 2)
    assert values["J", "mean", "0.5", "all", ""].value == 0.5
    values = cell_values(rows("CorLoc", **of), metrics, 2)
    assert values["CorLoc", "mean", "0.5", "all", ""].value == 0.75


def test_skip_ends_drops_the_first_and_last_frame(metrics):
    values = cell_values(rows("J", a=[0.0, 0.4, 0.6, 0.0], b=[0.0, 0.0]), metrics, 2)
    skipped = values["J", "mean", "0.5", "skip-ends", ""]
    assert skipped.value == pytest.approx(0.5)
    assert skipped.clips == 1, "a clip of two frames has none left"
    assert values["J", "mean", "0.5", "all", ""].clips == 2


def run_and_score(toys, results, method="bright", seeds=(0,), **settings):
    plans = plan_cells(toys, [method], ["toy"], seeds, settings, None, data_places(None))
    for plan in plans:
        run_cell(plan, results)
        score_cell(
            plan.cell.folder(results), plan.dataset, load_metrics(toys, [], type(plan.dataset)), 1
        )
    return plans


def test_seeds_become_mean_and_sample_deviation(toys, tmp_path):
    run_and_score(toys, tmp_path, seeds=(0, 1, 2))
    cells = read_cells(tmp_path, toys)
    (record,) = [
        r for r in make_records(cells)
        if (r.metric, r.statistic, r.threshold, r.frames) == ("F", "mean", "best-J", "all")
    ]  # fmt: skip
    values = [c.values["F", "mean", "best-J", "all", ""].value for c in cells]
    assert record.seeds == (0, 1, 2)
    assert record.mean == pytest.approx(np.mean(values))
    assert record.std == pytest.approx(np.std(values, ddof=1))
    assert len(record.keys) == 3 and record.clips == 2


def test_every_threshold_rule_is_scored(toys, tmp_path):
    (plan,) = run_and_score(toys, tmp_path)
    found, info = read_scores(plan.cell.folder(tmp_path))
    assert {r.threshold for r in found} == {"0.5", "best-J", "val"}
    assert info["frames"] == "all" and info["clips"] == 2


def test_scores_are_made_again_when_the_truth_changes(toys, tmp_path, monkeypatch):
    (plan,) = run_and_score(toys, tmp_path)
    folder, metrics = plan.cell.folder(tmp_path), load_metrics(toys, [], type(plan.dataset))
    assert not score_cell(folder, plan.dataset, metrics, 1)
    monkeypatch.setenv("TOY_TRUTH", "2")
    assert score_cell(folder, plan.dataset, metrics, 1)


def test_changed_parameters_make_a_row_of_their_own(toys, tmp_path):
    run_and_score(toys, tmp_path)
    run_and_score(toys, tmp_path, gain="3")
    assert {r.method for r in make_records(read_cells(tmp_path, toys))} == {
        "bright",
        "bright [gain=3.0]",
    }


def test_the_newest_of_two_states_of_a_method_wins(toys, tmp_path):
    (plan,) = run_and_score(toys, tmp_path)
    old = plan.cell.folder(tmp_path)
    copy = old.parents[1] / "0123456789ab" / "seed-0"
    copy.mkdir(parents=True)
    (copy / "scores.parquet").write_bytes((old / "scores.parquet").read_bytes())
    manifest = json.loads((old / "manifest.json").read_text())
    manifest |= {"key": "0123456789ab", "started": "2001-01-01T00:00:00Z"}
    (copy / "manifest.json").write_text(json.dumps(manifest))
    cells = read_cells(tmp_path, toys)
    assert len(cells) == 2
    assert [c.manifest["key"] for c in newest(cells)] == [plan.cell.key]


def test_clips_add_up_to_the_number(toys, tmp_path):
    """The weighted mean of the clips is the number itself, for J and for a share of frames."""
    run_and_score(toys, tmp_path, method="learner", seeds=(0, 1))
    records = make_records(read_cells(tmp_path, toys))
    for record in records:
        if record.per_clip:
            weights = [clip.weight for clip in record.per_clip]
            values = [clip.value for clip in record.per_clip]
            assert np.average(values, weights=weights) == pytest.approx(record.mean)
        assert (record.metric == "AP50") == (not record.per_clip)
    assert {r.runs[1].rpartition("/")[2] for r in records} == {"seed-1"}
    assert {r.supervision for r in records} == {()} and {r.version for r in records} == {"toy-2"}


def test_scores_without_a_row(toys, tmp_path):
    (plan,) = run_and_score(toys, tmp_path)
    folder = plan.cell.folder(tmp_path)
    write_scores(folder, [], read_scores(folder)[1])
    assert make_records(read_cells(tmp_path, toys)) == []


def test_runs_without_scores_are_named(toys, tmp_path):
    (plan,) = run_and_score(toys, tmp_path)
    assert without_scores(tmp_path) == []
    (plan.cell.folder(tmp_path) / "scores.parquet").unlink()
    assert without_scores(tmp_path) == [f"toy/bright/{plan.cell.key}/seed-0 (not scored)"]
