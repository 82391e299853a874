import math
from itertools import pairwise

import pytest
import torch

from selfbench.training.schedules import constant, cosine, linear_fall


def rates(make, steps):
    optimiser = torch.optim.SGD([{"params": [torch.nn.Parameter(torch.ones(1))], "lr": 2.0}])
    schedule, used = make(optimiser), []
    for _ in range(steps):
        used.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        schedule.step()
    return used


def test_constant_rises_and_stays():
    assert rates(constant, 3) == [2.0] * 3
    assert rates(lambda o: constant(o, 4), 6) == [0.5, 1.0, 1.5, 2.0, 2.0, 2.0]


def test_cosine_falls_to_zero_after_its_rise():
    used = rates(lambda o: cosine(o, 10, 2), 10)
    assert used[0] == 1.0 and used[1] == pytest.approx(1 + math.cos(math.pi / 10))
    assert all(a > b for a, b in pairwise(used[1:])) and 0 < used[-1] < 0.1


def test_linear_fall_takes_the_last_share():
    assert rates(lambda o: linear_fall(o, 4, 0.5), 4) == [2.0, 2.0, 2.0, 1.0]
    assert rates(lambda o: linear_fall(o, 4, 0), 4) == [2.0] * 4


def test_every_group_keeps_its_own_rate():
    groups = [{"params": [torch.nn.Parameter(torch.ones(1))], "lr": lr} for lr in (1.0, 0.1)]
    optimiser = torch.optim.SGD(groups)
    schedule = linear_fall(optimiser, 2, 1.0)
    optimiser.step()
    schedule.step()
    assert [g["lr"] for g in optimiser.param_groups] == pytest.approx([0.5, 0.05])
