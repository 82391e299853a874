import pytest

from selfbench.errors import DataError
from selfbench.reports.checks import require_scores
from selfbench.reports.comparison import Comparison
from selfbench.reports.html import HtmlReport
from selfbench.reports.spread import SpreadPlot
from tests.reports.samples import material, record


def test_a_record_is_enough():
    require_scores([record("a")])


@pytest.mark.parametrize("report", [Comparison, SpreadPlot, HtmlReport])
def test_reports_on_numbers_want_some(report):
    with pytest.raises(DataError, match="no scores to show; expected runs on"):
        report().render(material())
