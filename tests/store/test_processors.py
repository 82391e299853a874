import os

import pytest

from selfbench.store.processors import processors, threads


def test_there_is_a_processor():
    assert 1 <= processors() <= os.cpu_count()


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="not on this system")
def test_only_processors_that_this_process_may_use_count():
    before = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(before)})
        assert processors() == 1
        with threads() as pool:
            assert list(pool.map(abs, [-1, 2])) == [1, 2]
    finally:
        os.sched_setaffinity(0, before)
