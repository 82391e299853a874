import pytest

from selfbench.errors import DataError, UsageError
from selfbench.stages.plan import data_places
from selfbench.stages.report.protocol import Asked
from selfbench.stages.report.writing import (
    Source,
    gather,
    report_kind,
    without_scores,
    write_report,
)
from selfbench.training.devices import TorchDevices


@pytest.fixture
def source(toys, tmp_path):
    return Source(tmp_path, toys, data_places(None), TorchDevices())


def test_everything_below_the_results_is_gathered(scored, source):
    scored(seeds=(0, 1))
    scored(method="learner")
    material = gather(source)
    assert len(material.runs) == 3 and material.unfinished == [] and material.ablation is None
    assert {record.method for record in material.records} == {"bright", "learner"}
    rows = [record.method for record in gather(source, ["learner", "b*"]).records]
    assert rows[0] == "learner" and rows[-1] == "bright", "in the order they are asked for"
    (only,) = gather(source, cells={(r.manifest["key"], 1) for r in material.runs}).runs
    assert only.manifest["seed"] == 1


def test_data_and_marks_are_opened_again(scored, source):
    scored(method="learner")
    material = gather(source)
    data = material.open_dataset(material.runs[0])
    marks = list(material.draw_marks(material.runs[0], data.clips("test")[0]))
    assert [mark.dots[0, 2] for mark in marks] == [1.0] * 6, "by the weights that it learnt"
    scored()
    bright = next(run for run in gather(source).runs if run.method == "bright")
    assert list(material.draw_marks(bright, data.clips("test")[0])) == []


def test_a_dataset_that_changed_is_refused(scored, source):
    scored(**{"toy.clips": "1"})
    (run,) = gather(source).runs
    changed = run.__class__(run.folder, {**run.manifest, "dataset_params": {"clips": 2}}, "", "")
    with pytest.raises(DataError, match="The frames of toy have changed since bright"):
        gather(source).open_dataset(changed)


def test_files_are_written_where_they_are_wanted(scored, source, tmp_path):
    scored()
    report = report_kind(source.registry, "comparison", {"comparison.standalone": "true"})
    written = write_report(report, gather(source), Asked(), source, tmp_path / "paper")
    assert {path.parent.name for path in written.paths} == {"paper"}
    assert all(path.exists() for path in written.paths)


def test_what_a_report_cannot_show(scored, source):
    comparison = report_kind(source.registry, "comparison", {})
    with pytest.raises(DataError, match="no scores below"):
        write_report(comparison, gather(source), Asked(), source)
    scored()
    ablation = report_kind(source.registry, "ablation", {})
    with pytest.raises(UsageError, match="is about one ablation"):
        write_report(ablation, gather(source), Asked(), source)
    page = report_kind(source.registry, "html", {})
    with pytest.raises(UsageError, match="takes no options on the protocol"):
        write_report(page, gather(source), Asked(threshold="val"), source)


def test_runs_without_scores_are_named(scored, source, tmp_path):
    (plan,) = scored()
    assert without_scores(gather(source), tmp_path) == []
    for path in (plan.cell.folder(tmp_path) / "scores").iterdir():
        path.unlink()
    state = f"toy/bright/{plan.cell.key}/seed-0 (not scored)"
    assert without_scores(gather(source), tmp_path) == [state]
