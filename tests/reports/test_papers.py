import ast
import re
from pathlib import Path

import pytest

from selfbench import reports
from selfbench.reports.ledger import ledger
from selfbench.reports.papers import SHORT_NAMES, cite

REPORTS = Path(reports.__file__).parent
SOURCES = sorted(REPORTS.rglob("*.py"))
OTHERS = {"Wu et al. 2018"}  # whose weights the paper starts from
CITATION = re.compile(r"[A-Z]\w+ et al\. \d{4}")


def test_a_place_in_a_paper():
    assert cite("S3", "Table 2") == "Yang et al. 2019, Table 2"


def test_names_tell_the_papers_apart():
    assert len(set(SHORT_NAMES.values())) == len(SHORT_NAMES) == 5


def test_every_paper_of_the_ledger_has_a_name():
    assert {row.paper for row in ledger()} == set(SHORT_NAMES)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_texts_cite_by_these_names(path):
    """Summaries of ablations are plain texts, and docstrings too: they must not drift away."""
    texts = [node.value for node in ast.walk(ast.parse(path.read_text("utf-8")))
             if isinstance(node, ast.Constant) and isinstance(node.value, str)]  # fmt: skip
    for text in texts:
        assert set(CITATION.findall(" ".join(text.split()))) <= {*SHORT_NAMES.values(), *OTHERS}
        assert not re.search(r"\bS[0-4] \S", text), f"a key instead of a name: {text}"
