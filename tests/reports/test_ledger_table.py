from selfbench.reports.ledger import compare_with_papers
from selfbench.reports.ledger_table import print_ledger
from selfbench.reports.papers import SHORT_NAMES
from tests.reports.samples import GOOD, clips_record
from tests.reports.test_ledger import FTS


def files(record, standalone=False):
    return print_ledger(compare_with_papers([record]), "published", standalone)


def test_papers_are_cited_by_name_and_ours_stand_beside():
    made = files(clips_record("fts", [0.55, 0.56] * 10, **FTS))
    md, tex, csv = (made[f"published.{kind}"] for kind in ("md", "tex", "csv"))
    assert "| Yang et al. 2019, Table 2 | FTS " in md and "55.8 %" in md and "0.555 (fts)" in md
    assert "no run of ours" in md and "Yang et al. 2019,Table 2,FTS" in csv
    assert r"Yang et al. 2019, Table 2 & FTS" in tex
    assert r"55.8 \% & 0.555 (fts) & -0.003" in tex


def test_a_document_of_its_own():
    made = files(clips_record("videopca", GOOD, "ski-ptz"), standalone=True)
    assert made["published.tex"].startswith(r"\documentclass")


def test_nothing_published():
    made = files(clips_record("a", GOOD, "toy"))
    assert list(made) == ["published.md"]
    assert "report no number on these datasets" in made["published.md"]
    assert all(name in made["published.md"] for name in SHORT_NAMES.values())
