"""A paper has one name in all texts, and docs/papers.md says which paper that is."""

import csv
import re
from pathlib import Path

import pytest

from selfbench.plugins.registry import Registry

ROOT = Path(__file__).parents[1]
PAPERS = (ROOT / "docs/papers.md").read_text(encoding="utf-8")
FOLDERS = ("methods", "datasets", "metrics", "reports", "selfbench", "docs")
PUBLISHED = [entry for entry in Registry().of("datasets") if entry.origin == "selfbench"]


def sources():
    """Return file -> its text, of code and docs, each file once although rooms are linked."""
    paths = {
        path.resolve()
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".md") and "__pycache__" not in path.parts
    }
    return {str(p.relative_to(ROOT)): p.read_text(encoding="utf-8") for p in sorted(paths)}


SOURCES = sources()


def running(text):
    """Return a text without the line breaks of comments, docstrings and joined strings."""
    joined = re.sub(r"""(["'])\n\s*f?\1""", "", text)
    return re.sub(r"\n\s*(#\s*)?", " ", joined)


def places(pattern, texts):
    return [f"{name}: {match[0]}" for name, text in texts.items()
            for match in re.finditer(pattern, text)]  # fmt: skip


def test_no_text_calls_a_paper_by_its_key():
    # A key alone in quotes is that of the ledger, or a subject of Human3.6M.
    others = {name: text for name, text in SOURCES.items() if name != "docs/papers.md"}
    assert places(r"""(?<!["'\w])S[0-4](?![\w"']).{0,30}""", others) == []


def test_no_text_calls_code_by_the_name_of_its_repository():
    others = {name: text for name, text in SOURCES.items() if name != "docs/papers.md"}
    assert places(r"\b(mvc|NSD)\b.{0,30}", others) == []


@pytest.mark.parametrize("name", SOURCES)
def test_every_name_of_a_paper_is_explained(name):
    names = re.findall(
        r"[A-Z][\w-]+ (?:et al\.|and [A-Z][\w-]+) (?:19|20)\d\d[ab]?", running(SOURCES[name])
    )
    assert [n for n in names if n not in PAPERS] == []


def test_every_name_of_a_paper_has_its_year():
    others = {n: running(t) for n, t in SOURCES.items() if n != "docs/papers.md"}
    # A second year follows after a comma or "and"; BibTeX has no "et al.".
    assert places(r"[A-Z][\w-]+ et al\b(?!\. (19|20)\d\d).{0,20}", others) == []


def test_keys_are_those_of_the_ledger():
    with (ROOT / "reports/published.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    keys = dict(re.findall(r"^\| ([^|]+ \d{4}) \| (S\d) \|", PAPERS, re.MULTILINE))
    assert set(keys.values()) == {row["paper"] for row in rows}
    assert len(keys) == len(set(keys.values()))
    printed = {row["method"] for row in rows if re.fullmatch(r"[A-Z]{3,}(v\d)?", row["method"])}
    assert {name for name in printed if not re.search(rf"^\| {name} \|", PAPERS, re.M)} == set()


@pytest.mark.parametrize("entry", PUBLISHED, ids=[entry.name for entry in PUBLISHED])
def test_every_dataset_names_a_paper_that_is_explained(entry):
    keys = re.findall(r"@\w+\{([\w-]+)_\w+_(\d{4}),", entry.load().citation)
    for author, year in keys:
        assert re.search(rf"\b{author} et al\. {year}", PAPERS), f"{author} {year}"
