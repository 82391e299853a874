import pytest
import torch

from selfbench.contracts import Run
from selfbench.errors import SelfbenchError
from selfbench.training.devices import TorchDevices
from selfbench.training.log import read_log
from selfbench.training.loop import Loop
from selfbench.training.schedules import linear_fall


def train(folder, steps, stop_after=None, checkpoint_s=0.0):
    """A little regression; returns the weights."""
    torch.manual_seed(0)
    network = torch.nn.Linear(4, 1)
    optimiser = torch.optim.Adam(network.parameters(), 0.1)
    parts = {"network": network, "optimiser": optimiser}
    loop = Loop(
        Run(3, folder, TorchDevices()), "fit", steps, parts, checkpoint_s=checkpoint_s, log_every=1
    )
    for step in loop:
        x = torch.randn(8, 4, generator=loop.generator(step))
        loss = (network(x) - x.sum(1, keepdim=True)).square().mean()
        loop.update(loss, network, optimiser)
        loop.record(step, {"loss": loss.item()})
        if step == stop_after:
            break
    return torch.cat([p.detach().flatten() for p in network.parameters()])


def test_a_resumed_training_ends_in_the_same_numbers(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    whole = train(tmp_path / "a", 20)
    train(tmp_path / "b", 20, stop_after=11)
    resumed = train(tmp_path / "b", 20)
    assert torch.equal(whole, resumed)
    values = [[row["value"] for row in read_log(tmp_path / f)] for f in "ab"]
    assert values[0] == values[1] and len(values[0]) == 20, "no step is logged twice"


def test_a_finished_stage_does_nothing_more(tmp_path):
    first = train(tmp_path, 5)
    assert torch.equal(train(tmp_path, 5), first)
    assert len(read_log(tmp_path)) == 5


def test_nan_stops_with_step_and_term(tmp_path):
    loop = Loop(Run(0, tmp_path, TorchDevices()), "fit", 3, {})
    with pytest.raises(SelfbenchError, match="'fit' at step 1: foreground became nan"):
        for step in loop:
            loop.record(step, {"background": 1.0, "foreground": float("nan") if step else 1.0})


def test_the_log_reaches_tensorboard(tmp_path):
    train(tmp_path, 3)
    assert list((tmp_path / "tensorboard" / "fit").glob("events*"))


def test_one_step_is_zero_backward_adjust_and_step(tmp_path):
    network = torch.nn.Linear(2, 1, bias=False)
    before = network.weight.detach().clone()
    optimiser = torch.optim.SGD(network.parameters(), 0.5)
    loop = Loop(Run(0, tmp_path, TorchDevices()), "fit", 2, {})
    seen = []

    def clip(gradients):
        seen.extend(g.clone() for g in gradients)
        for gradient in gradients:
            gradient.clamp_(-1, 1)

    for _ in range(2):  # gradients do not add up
        loop.update((network.weight * torch.tensor([[4.0, 0.25]])).sum(), network, optimiser, clip)
    assert [g.tolist() for g in seen] == [[[4.0, 0.25]]] * 2
    assert torch.allclose(before - network.weight, torch.tensor([[1.0, 0.25]]))


def test_schedules_advance_with_the_steps_and_resume(tmp_path):
    def rates(stop_after=None):
        weight = torch.nn.Parameter(torch.ones(1))
        optimiser = torch.optim.SGD([weight], 1.0)
        falling = linear_fall(optimiser, 4, 1.0)
        run, parts = Run(0, tmp_path, TorchDevices()), {"optimiser": optimiser}
        loop = Loop(run, "fit", 4, parts, [falling], checkpoint_s=0.0)
        used = {}
        for step in loop:
            used[step] = optimiser.param_groups[0]["lr"]
            if step == stop_after:
                break
        return used

    assert rates(stop_after=2) == {0: 1.0, 1: 0.75, 2: 0.5}
    assert rates() == {2: 0.5, 3: 0.25}, "step 2 was not saved and is done again"
