import pytest

from selfbench.contracts import Variant
from selfbench.plugins.registry import Registry
from selfbench.reports import proposal_is_ablations as declared
from tests.reports.ablation_rows import ablations_in, check_rows


@pytest.mark.parametrize("ablation", ablations_in(declared), ids=lambda a: a.name)
def test_every_row_of_the_paper_is_a_run_of_its_own(ablation):
    check_rows(ablation)


def test_the_paper_tables_are_whole():
    """Katircioglu et al. 2022, Table 4: 18 rows, the best is b[0.2, 0.8] with lambda 0.001."""
    assert len(declared.box_range.rows) == 18
    best = max(declared.box_range.rows, key=lambda row: row.published["J"])
    assert best.label == "b[0.2, 0.8], λ 0.001" and best.published == {"J": 0.67, "F": 0.73}
    published = [row.published["J"] for row in declared.mask_prior.rows]
    assert published == [0.51, 0.61, 0.62, 0.67]


def test_the_gumbel_row_is_the_variant():
    (row,) = [r for r in declared.sampling.rows if r.label == "Gumbel-softmax"]
    variant = Registry().entry("methods", "proposal-gumbel").load()
    assert isinstance(variant, Variant) and variant.overrides == row.overrides
