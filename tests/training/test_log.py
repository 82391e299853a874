import pytest

from selfbench.contracts import Run
from selfbench.training.devices import TorchDevices
from selfbench.training.log import COLUMNS, TrainingLog, merge_logs, read_log


def log(folder, stage="fit", steps=10, every=4, shown=None):
    folder.mkdir(exist_ok=True)
    tell = shown.append if shown is not None else lambda text: None
    made = TrainingLog(Run(0, folder, TorchDevices(), tell), stage, steps, every)
    made.begin(0)
    return made


def test_every_few_steps_and_the_last_are_written(tmp_path):
    shown = []
    written = log(tmp_path / "a", shown=shown)
    for step in range(10):
        written.write(step, {"loss": 1 / (step + 1), "mask": 0.5})
    written.end()
    rows = read_log(tmp_path / "a")
    assert [int(row["step"]) for row in rows if row["name"] == "loss"] == [0, 4, 8, 9]
    assert set(rows[0]) == set(COLUMNS) and rows[0]["stage"] == "fit"
    assert shown[0] == "fit 1/10  loss 1  mask 0.5" and len(shown) == 4
    assert list((tmp_path / "a" / "tensorboard" / "fit").iterdir())


def test_lines_of_steps_that_are_done_again_are_dropped(tmp_path):
    written = log(tmp_path / "a", every=1)
    for step in range(4):
        written.write(step, {"loss": 1.0})
    other = log(tmp_path / "a", stage="other", every=1)
    other.write(0, {"loss": 2.0})
    written.begin(2)
    rows = [(row["stage"], int(row["step"])) for row in read_log(tmp_path / "a")]
    assert rows == [("fit", 0), ("fit", 1), ("other", 0)]


def test_logs_of_several_processes_become_one(tmp_path):
    for name in ("one", "two"):
        log(tmp_path / name, stage=name).write(0, {"loss": 1.0})
    (tmp_path / "empty").mkdir()
    merge_logs(tmp_path, [tmp_path / name for name in ("one", "empty", "two")])
    assert [row["stage"] for row in read_log(tmp_path)] == ["one", "two"]


def test_a_folder_without_a_log(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_log(tmp_path)
