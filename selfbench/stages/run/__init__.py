"""The run stage: fit, predict, soft masks and boxes on disk. It never sees a label."""

from selfbench.stages.run.cell import run_cell

__all__ = ["run_cell"]
