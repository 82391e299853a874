"""Where a result comes from: code version, packages, machine."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

PACKAGES = (
    "numpy", "opencv-python", "pillow", "av", "torch", "timm", "lightning-fabric", "pandas"
)  # fmt: skip


def environment() -> dict[str, Any]:
    """Return what a manifest says of the code and the machine."""
    return {
        "selfbench": _version("selfbench"),
        "git": _git(),
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in PACKAGES},
        "platform": platform.platform(),
        "cpus": os.cpu_count(),
        "device": "cpu",  # until a method has used another
    }


def peak_memory_mb() -> float:
    """Return the largest resident size of this process so far, in MB (10^6 bytes)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak * (1 if sys.platform == "darwin" else 1024) / 1e6, 1)


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _git() -> dict[str, Any] | None:
    """Commit and dirty flag of the checkout selfbench runs from; None if it is not one."""
    folder = Path(__file__).resolve().parent
    commit = _git_says(folder, "rev-parse", "HEAD")
    if (
        commit is None
        or _git_says(folder, "ls-files", "--error-unmatch", Path(__file__).name) is None
    ):
        return None
    return {"commit": commit, "dirty": bool(_git_says(folder, "status", "--porcelain"))}


def _git_says(folder: Path, *arguments: str) -> str | None:
    try:
        answer = subprocess.run(
            ["git", *arguments], cwd=folder, capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()


def now() -> str:
    """Return the time as manifests state it (UTC, ISO 8601)."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
