"""Where the harness keeps what it can make again."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """Return SELFBENCH_CACHE, else the user's cache folder."""
    home = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "selfbench"
    return Path(os.environ.get("SELFBENCH_CACHE", home))
