"""Training on several processes: the same steps, averaged gradients, one log, exact resume."""

import csv
import os

import pytest
import torch

from selfbench.contracts import Run
from selfbench.errors import SelfbenchError
from selfbench.training import checkpoint
from selfbench.training.devices import TorchDevices
from selfbench.training.launch import launch
from selfbench.training.log import read_log
from selfbench.training.loop import Loop

TWO = TorchDevices("cpu", 2)


def train(run, steps, die_at=None, nan_at=None):
    """A little regression with batch norm; returns weights and what each step averaged."""
    torch.manual_seed(0)
    network = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.BatchNorm1d(3))
    optimiser = torch.optim.Adam(network.parameters(), 0.1)
    devices = run.devices
    parts = {"network": network, "optimiser": optimiser}
    loop = Loop(run, "fit", steps, parts, checkpoint_s=0.0, log_every=1)
    mine = []
    for step in loop:
        x = torch.randn(devices.share(8), 4, generator=loop.generator(step))
        loss = (network(x) - x.sum(1, keepdim=True)).square().mean()
        if step == nan_at and devices.rank:
            loss = loss * float("nan")
        optimiser.zero_grad()
        loss.backward()
        before = network[0].weight.grad.clone()
        devices.average(network)
        mine.append(float(before.sum()))
        optimiser.step()
        if step == die_at and devices.rank:
            os._exit(1)
        loop.record(step, {"loss": loss.item()})
    with (run.folder / f"rank-{devices.rank}.csv").open("w") as file:
        csv.writer(file).writerow(mine)
    saved = {f"{devices.rank}": torch.cat([v.flatten() for v in network.state_dict().values()])}
    checkpoint.save(run.folder / f"state-{devices.rank}", saved)
    return {"weights": saved[f"{devices.rank}"], "gradient": network[0].weight.grad}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("two")
    shown = []
    return folder, launch(train, Run(3, folder, TWO, shown.append), 6), shown


@pytest.mark.slow
def test_two_processes_keep_equal_networks(whole):
    folder, _, _ = whole
    states = [checkpoint.load(folder / f"state-{rank}")[f"{rank}"] for rank in (0, 1)]
    assert torch.equal(*states)


@pytest.mark.slow
def test_two_processes_see_different_images(whole):
    a, b = ((whole[0] / f"rank-{rank}.csv").read_text() for rank in (0, 1))
    assert a.split(",")[0] != b.split(",")[0]


@pytest.mark.slow
def test_one_process_writes_the_log_and_is_shown(whole):
    folder, _, shown = whole
    assert [int(row["step"]) for row in read_log(folder)] == list(range(6))
    assert len(shown) == 6 and shown[-1].startswith("fit 6/6")
    assert not (folder / "launched.safetensors").exists()


@pytest.mark.slow
def test_the_gradient_is_the_mean_over_processes(whole):
    """The last step's mean of both equals what the optimiser saw."""
    lasts = [
        float((whole[0] / f"rank-{rank}.csv").read_text().strip().split(",")[-1]) for rank in (0, 1)
    ]
    assert float(whole[1]["gradient"].sum()) == pytest.approx(sum(lasts) / 2, rel=1e-4)


@pytest.mark.slow
def test_two_processes_resume_to_the_same_numbers(whole, tmp_path):
    with pytest.raises(SelfbenchError, match="One of 2 processes failed"):
        launch(train, Run(3, tmp_path, devices=TWO), 6, 3)
    saved = checkpoint.load(tmp_path / "checkpoint-fit.safetensors")
    assert 3 <= saved["step"] <= 4
    resumed = launch(train, Run(3, tmp_path, devices=TWO), 6)
    assert torch.equal(resumed["weights"], whole[1]["weights"])
    values = [[row["value"] for row in read_log(f)] for f in (whole[0], tmp_path)]
    assert values[0] == values[1]


@pytest.mark.slow
def test_the_error_of_a_process_arrives_in_one_sentence(tmp_path):
    with pytest.raises(SelfbenchError, match=r"^Training stopped in stage 'fit' at step 2"):
        launch(train, Run(3, tmp_path, devices=TWO), 6, None, 2)
    assert checkpoint.load(tmp_path / "checkpoint-fit.safetensors")["step"] == 2


def test_one_device_is_a_plain_call(tmp_path):
    run = Run(0, tmp_path, devices=TorchDevices("cpu"))
    assert launch(lambda run, x: (run.devices.rank, x), run, 5) == (0, 5)
    assert run.devices.describe() == "cpu" and run.devices.share(7) == 7
