import pytest

import selfbench
from selfbench.errors import DataError, UsageError


def test_run_returns_what_was_asked_for(toy):
    selfbench.run("learner", "toy", quiet=True, **toy)
    results = selfbench.run(["bright", "pair"], "toy", seed=[0, 1], quiet=True, **toy)
    table = results.table()
    assert set(table.method) == {"bright", "pair"}
    assert set(table.seeds) == {(0, 1)} and set(table.metric) == {"J", "F", "CorLoc", "AP50"}
    assert len(results.runs) == 4


def test_a_cell_is_computed_once(toy, tmp_path, monkeypatch):
    monkeypatch.setenv("TOY_LOG", str(tmp_path / "log"))
    for _ in range(2):
        selfbench.run("learner", "toy", quiet=True, **toy)
    assert (tmp_path / "log").read_text().splitlines() == ["fit"]


def test_settings_and_presets(toy):
    one = selfbench.run("bright", "toy", settings={"gain": 3, "toy.clips": 1}, quiet=True, **toy)
    assert one.table().method.unique() == ["bright [gain=3.0]"]
    assert one.table().clips.max() == 1
    other = selfbench.run("bright", "toy", preset="strong", post="boxes", quiet=True, **toy)
    assert other.runs[0].method == "bright [preset=strong, post=boxes]"


def test_one_failure_does_not_take_the_others_along(toy, capsys):
    with pytest.raises(selfbench.FailedCellsError, match="1 of 2 cells finished; faulty") as failed:
        selfbench.run("bright,faulty", "toy", **toy)
    assert {run.method for run in failed.value.results.runs} == {"bright"}
    assert "faulty on toy, seed 0: failed" in capsys.readouterr().err


def test_a_single_failure_is_itself(toy):
    with pytest.raises(selfbench.SelfbenchError, match=r"^faulty failed on clip"):
        selfbench.run("faulty", "toy", quiet=True, **toy)


def test_wrong_names_are_said_before_anything_is_computed(toy):
    with pytest.raises(UsageError, match="Did you mean bright"):
        selfbench.run("brigth", "toy", **toy)
    assert not toy["results"].exists()


def test_quiet_is_quiet(toy, capsys):
    selfbench.run("bright", "toy", quiet=True, **toy)
    assert capsys.readouterr() == ("", "")
    selfbench.run("bright", "toy", **toy)
    assert "bright on toy, seed 0: already done" in capsys.readouterr().err


def test_score_adds_metrics(toy):
    selfbench.run("bright", "toy", quiet=True, **toy)
    results = selfbench.score(metric="MAE,precision", quiet=True, **toy)
    assert set(results.table().metric) == {"J", "F", "CorLoc", "AP50", "MAE", "precision"}
    with pytest.raises(DataError, match="no run of pair"):
        selfbench.score("pair", **toy)
    with pytest.raises(DataError, match="no finished runs"):
        selfbench.score("p*", **toy)
    with pytest.raises(UsageError, match="no metric 'MEA'"):
        selfbench.score(metric="MEA", **toy)


def test_ablate_yields_the_files_of_each(toy):
    (written,) = selfbench.ablate("gains", "toy", quiet=True, **toy)
    assert {path.name for path in written.paths} >= {"ablation-gains.tex", "ablation-gains.png"}
    assert "too bright" in written.markdown
    with pytest.raises(DataError, match="No row of the ablation 'gains' has scores"):
        list(selfbench.ablate("gains", "toy", settings={"toy.clips": 1}, compute=False, **toy))
