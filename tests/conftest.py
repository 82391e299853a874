"""What tests share: the toy plug-ins, the command line in-process, real data where there is any."""

from __future__ import annotations

import os
import subprocess
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import pytest

# Before torch is imported: test processes share the cores, and its threads would wait in turn.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from selfbench.cli.main import main
from selfbench.plugins.registry import Registry

# The script, not `python -m`: that would put the working directory before the installed package.
SELFBENCH = Path(sysconfig.get_path("scripts")) / "selfbench"
TOY = Path(__file__).parent / "toy.py"


if "SELFBENCH_DATA" in os.environ:  # tests run in a folder of their own
    os.environ["SELFBENCH_DATA"] = str(Path(os.environ["SELFBENCH_DATA"]).resolve())


@dataclass
class Outcome:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def cli(capsys):
    """Run a command in this process; the toy plug-ins are loaded."""

    def run(*words: str | Path) -> Outcome:
        with pytest.raises(SystemExit) as ended:
            main([*map(str, words), *(["--plugin", str(TOY)] if words[0] != "--version" else [])])
        printed = capsys.readouterr()
        return Outcome(int(ended.value.code or 0), printed.out, printed.err)

    return run


@pytest.fixture
def shell():
    """Run a command in a process of its own, as a user does."""

    def run(*words: str | Path, **env: str) -> Outcome:
        done = subprocess.run(
            [SELFBENCH, *map(str, words)],
            capture_output=True,
            text=True,
            env=os.environ | env,
            timeout=300,
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def toys() -> Registry:
    """A registry with the toy plug-ins."""
    return Registry([TOY])


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data sets."""
    if "SELFBENCH_DATA" not in os.environ:
        pytest.skip("SELFBENCH_DATA is not set: it names a folder with DAVIS/ and other real data")
    return Path(os.environ["SELFBENCH_DATA"])


@pytest.fixture(autouse=True)
def _own_places(tmp_path_factory, monkeypatch):
    """Tests never touch the user's cache, and never import from the checkout by accident."""
    monkeypatch.chdir(tmp_path_factory.getbasetemp())
    monkeypatch.setenv("SELFBENCH_DEVICE", "cpu")  # where equal numbers can be expected
    # Starting worker processes takes longer than scoring the toys; tests of their own start some.
    monkeypatch.setattr("selfbench.api.context.processors", lambda: 1)
    monkeypatch.setenv("SELFBENCH_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))
