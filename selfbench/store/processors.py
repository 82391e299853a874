"""How many processors there are, and threads for what works without Python's lock."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor


def processors() -> int:
    """Return the number of processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def threads() -> ThreadPoolExecutor:
    """Return a pool of as many threads: OpenCV alone leaves most processors idle."""
    return ThreadPoolExecutor(processors())
