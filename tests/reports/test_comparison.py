import csv
import io

import pytest

from selfbench.errors import UsageError
from selfbench.params import build
from selfbench.reports.comparison import Comparison
from tests.reports.samples import GOOD, POOR, clips_record, material, record


def files(records, **options):
    return Comparison(build(Comparison.Params, options, "comparison")).render(material(records))


def test_three_files_named_after_the_layout():
    assert sorted(files([record("a")])) == ["comparison.csv", "comparison.md", "comparison.tex"]
    made = files([clips_record("a", GOOD)], layout="segmentation", standalone="true")
    assert sorted(made) == ["segmentation.csv", "segmentation.md", "segmentation.tex"]
    assert r"\documentclass" in made["segmentation.tex"] and "aˢ" in made["segmentation.md"]


def test_only_the_protocol_asked_for_is_printed():
    chosen = record("a", mean=0.25)
    text = Comparison().render(material([chosen, record("a", threshold="0.5")], chosen=[chosen]))
    assert [float(row["mean"]) for row in csv.DictReader(io.StringIO(text["comparison.csv"]))] == [
        0.25
    ]
    assert "0.500" not in text["comparison.tex"]


def test_options_reach_the_table():
    rows = [clips_record("a", GOOD[:5]), clips_record("b", POOR[:5])]
    assert r"a & \underline{0.780}" in files(rows)["comparison.tex"]
    made = files(rows, bold="best", intervals="true")["comparison.tex"]
    assert r"a & \textbf{0.780 [" in made


def test_the_csv_holds_what_belongs_in_the_layout():
    records = [clips_record("a", GOOD), clips_record("a", GOOD, metric="CorLoc", boxes="own")]
    rows = csv.DictReader(io.StringIO(files(records, layout="detection")["detection.csv"]))
    assert [row["metric"] for row in rows] == ["CorLoc"]


def test_published_numbers_beside_ours():
    made = files([clips_record("videopca", GOOD, "ski-ptz-sim")], published=True)
    assert {f"comparison-published.{kind}" for kind in ("md", "tex", "csv")} <= set(made)
    assert "Katircioglu et al. 2019, Table 2" in made["comparison-published.md"]


def test_an_unknown_layout_names_those_there_are():
    with pytest.raises(UsageError, match=r"layout='fancy' is refused.*'comparison', 'segment"):
        files([record("a")], layout="fancy")
