from selfbench.launchers import run_serially
from selfbench.stages.plan import data_places, plan_cells
from selfbench.stages.progress import Progress
from selfbench.store.scores import scored_metrics
from selfbench.training.devices import TorchDevices


def test_cells_run_in_order_and_failures_are_returned(toys, tmp_path, capsys):
    where = data_places(None)
    plans = plan_cells(toys, ["bright", "faulty", "learner"], ["toy"], [0], {}, None, where)
    named = [(f"row {i}", plan) for i, plan in enumerate(plans)]
    failures = run_serially(named, toys, tmp_path, 1, TorchDevices(), Progress())
    assert [str(failure).split()[0] for failure in failures] == ["faulty"]
    said = capsys.readouterr().err.splitlines()
    assert [line.partition(":")[0] for line in said] == [
        "row 0 on toy, seed 0", "row 1 on toy, seed 0", "row 2 on toy, seed 0",
    ]  # fmt: skip
    assert "done in" in said[0] and said[1].endswith("failed")
    assert len(scored_metrics(plans[2].cell.folder(tmp_path))) == 4
    again = run_serially(named[:1], toys, tmp_path, 1, TorchDevices(), Progress())
    assert again == [] and "already done" in capsys.readouterr().err
