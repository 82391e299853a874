import os

import pytest

from selfbench.errors import SelfbenchError
from selfbench.plugins.workers import spread


def square(x: int) -> int:
    return x * x


def die(x: int) -> int:
    os._exit(3)


def fail(x: int) -> int:
    raise SelfbenchError(f"task {x} is wrong.")


@pytest.mark.parametrize("workers", [1, 2])
def test_results_keep_the_order_of_the_tasks(workers):
    assert list(spread(square, range(20), workers)) == [x * x for x in range(20)]


@pytest.mark.parametrize("workers", [1, 2])
def test_errors_of_a_task_come_through(workers):
    with pytest.raises(SelfbenchError, match=r"task 0 is wrong\."):
        list(spread(fail, range(3), workers))


def test_a_dead_worker_is_an_error_not_a_hang():
    with pytest.raises(SelfbenchError, match="worker process died"):
        list(spread(die, range(3), 2))
