import pytest

from selfbench.stages.plan import data_places, plan_cells
from selfbench.stages.run import run_cell
from selfbench.stages.score import load_metrics, score_cell


@pytest.fixture
def scored(toys, tmp_path):
    """Run and score toy cells below `tmp_path`; return their plans."""

    def run_and_score(method="bright", seeds=(0,), metrics=(), **settings):
        plans = plan_cells(toys, [method], ["toy"], seeds, settings, None, data_places(None))
        for plan in plans:
            run_cell(plan, tmp_path)
            chosen = load_metrics(toys, list(metrics), plan.dataset)
            score_cell(plan.cell.folder(tmp_path), plan.dataset, chosen, 1)
        return plans

    return run_and_score
