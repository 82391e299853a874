"""Training one student: its stage, its schedule, and a network that dies."""

import numpy as np
import pytest
import torch

from selfbench.contracts import Run
from selfbench.errors import SelfbenchError
from selfbench.methods.student_teacher import training
from selfbench.methods.student_teacher.labels import Labels
from selfbench.methods.student_teacher.settings import StudentTeacherParams
from selfbench.methods.student_teacher.training import StudentTraining, rate_schedule
from selfbench.training.devices import TorchDevices


def student(folder, name="basicu-net", generation=2, **settings):
    np.save(folder / "masks.npy", np.full((2, 40, 40), 255, np.uint8))
    frames, selected = np.zeros((2, 40, 40, 3), np.uint8), np.zeros((1, 2), np.int64)
    params = StudentTeacherParams(size=32, batch=2, **settings)
    labels = Labels(frames, [folder / "masks.npy"], selected)
    return StudentTraining(name, generation, labels, params, Run(0, folder, TorchDevices("cpu")))


def test_a_dead_network_is_noticed(tmp_path, monkeypatch):
    def dead(name, params):
        network = torch.nn.Conv2d(3, 1, 1)
        torch.nn.init.constant_(network.bias, -9)
        return torch.nn.Sequential(network, torch.nn.ReLU())

    monkeypatch.setattr(training, "build", dead)
    with pytest.raises(
        SelfbenchError, match=r"basicu-net of generation 2 is dead: since step 0 .*rate=0.0007"
    ):
        training.train(student(tmp_path, later_steps=60))


def test_stages_have_names_that_files_may_have(tmp_path):
    one = student(tmp_path, "smp-unet:resnet18", 1, students="smp-unet:resnet18,lowres-net")
    assert one.stage == "generation-1-smp-unet_resnet18"
    assert one.checkpoint.name == "checkpoint-generation-1-smp-unet_resnet18.safetensors"


def test_later_generations_may_train_longer(tmp_path):
    steps = [student(tmp_path, generation=k, steps=3, later_steps=9).steps for k in (1, 2, 3)]
    assert steps == [3, 9, 9]


@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_the_rate_rises_and_falls_or_stays(schedule):
    optimiser = torch.optim.Adam([torch.zeros(1)], 0.01)
    rates = rate_schedule(optimiser, 40, StudentTeacherParams(schedule=schedule))
    values = [rates.lr_lambdas[0](step) for step in (0, 11, 40)]
    if schedule == "constant":
        assert values == [1, 1, 1]
    else:
        assert values[0] == pytest.approx(1 / 11) and values[1] > 0.8
        assert values[2] == pytest.approx(0)
