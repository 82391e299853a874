"""Where cells run. So far: one after another, in this process."""

from selfbench.launchers.serial import run_serially

__all__ = ["run_serially"]
