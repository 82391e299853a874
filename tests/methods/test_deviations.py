"""Each method of a paper has one table of what it does otherwise, complete and up to date."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from selfbench.plugins.registry import Registry

DOCS = Path(__file__).parents[2] / "docs"
METHODS = ["proposal-is", "cis", "student-teacher", "videopca"]
HEADING = "## Deviations from the paper"


def table(method: str) -> list[list[str]]:
    """The rows of the table below the heading, without its head: what, paper, default, why."""
    text = (DOCS / f"{method}.md").read_text()
    assert text.count(HEADING) == 1
    section = text.split(HEADING)[1].split("\n## ")[0]
    lines = [line.strip().strip("|").split("|") for line in section.splitlines() if line[:1] == "|"]
    return [[cell.strip() for cell in line] for line in lines[2:]]


def shown(value: Any) -> str:
    """A parameter's value as the table has it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return "x".join(map(str, value))
    if isinstance(value, str):
        return value or "none"
    if isinstance(value, float) and 0 < abs(value) < 1e-2:
        return f"{value:.0e}".replace("e-0", "e-")
    return f"{value:,g}" if isinstance(value, float) else f"{value:,}"


def parameters(method: str) -> dict[str, list[str]]:
    """The rows that begin with a parameter's name in code."""
    rows = {}
    for row in table(method):
        if match := re.match(r"`(\w+)`", row[0]):
            assert match[1] not in rows, "once"
            rows[match[1]] = row
    return rows


@pytest.mark.parametrize("method", METHODS)
def test_every_row_says_what_the_paper_says_what_is_done_and_why(method):
    rows = table(method)
    assert rows and all(len(row) == 4 and all(row) for row in rows)


@pytest.mark.parametrize("method", METHODS)
def test_every_parameter_that_differs_from_the_paper_has_a_row(method):
    kind = Registry().entry("methods", method).load()
    default = kind.Params()
    paper = kind.Params(**kind.presets.get("paper", {}))
    differing = {
        name for name in kind.Params.model_fields if getattr(default, name) != getattr(paper, name)
    }
    rows = parameters(method)
    assert differing <= set(rows) <= set(kind.Params.model_fields)
    for name, (_, of_paper, of_default, _) in rows.items():
        assert of_default == shown(getattr(default, name)), name
        if name in differing:
            assert of_paper.startswith(shown(getattr(paper, name))), name
        else:  # a choice that is ours in every preset
            assert of_paper != of_default, name
