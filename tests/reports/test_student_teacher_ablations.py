import pytest

from selfbench.reports import student_teacher_ablations as declared
from selfbench.reports.ledger import ledger
from tests.reports.ablation_rows import ablations_in, check_rows


@pytest.mark.parametrize("ablation", ablations_in(declared), ids=lambda a: a.name)
def test_every_row_of_the_paper_is_a_run_of_its_own(ablation):
    check_rows(ablation)


def test_published_numbers_are_those_of_the_ledger():
    """Croitoru et al. 2019, Table 1: the students of both generations."""
    rows = [row for row in ledger() if (row.paper, row.table) == ("S4", "Table 1")]
    printed = {round(row.number, 3) for row in rows}
    declared_numbers = [v for r in declared.generations.rows for v in r.published.values()]
    assert len(declared_numbers) == 14 and set(declared_numbers) <= printed
