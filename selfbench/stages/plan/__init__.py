"""From names and `--set` texts to the cells to compute, and what their keys are made of."""

from selfbench.plugins.settings import check_scopes
from selfbench.stages.plan.cells import Plan, plan_ablation, plan_cells
from selfbench.stages.plan.lookup import open_dataset
from selfbench.stages.plan.places import data_places

__all__ = ["Plan", "check_scopes", "data_places", "open_dataset", "plan_ablation", "plan_cells"]
