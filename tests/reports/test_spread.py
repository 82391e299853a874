from selfbench.reports.spread import SpreadPlot
from tests.reports.samples import GOOD, POOR, clips_record, material

PNG = b"\x89PNG"


def test_spread_is_the_same_every_time():
    records = [clips_record("a_b", GOOD, seeds=(0, 1)), clips_record("b", [0.4]),
               clips_record("b", POOR, "e", "F")]  # fmt: skip
    files = SpreadPlot().render(material(records))
    assert sorted(files) == ["spread.pdf", "spread.png"] and files["spread.png"].startswith(PNG)
    assert files == SpreadPlot().render(material(records))
