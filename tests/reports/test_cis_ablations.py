from selfbench.params import build
from selfbench.plugins.registry import Registry
from selfbench.reports.cis_ablations import ideal_flow
from tests.reports.ablation_rows import check_rows


def test_every_row_of_the_paper_is_a_run_of_its_own():
    check_rows(ideal_flow)


def test_the_truth_makes_the_flow_of_one_row():
    ideal, real = ideal_flow.rows
    kind = Registry().entry("datasets", "davis-2016").load()
    assert build(kind.Params, ideal.data, kind.name).ideal_flow and not real.data
    assert "the truth" in ideal.label
    assert ideal.overrides["smooth"] == 0, "perfect masks averaged along made-up flow have J 0.87"
