"""What `selfbench list` prints of methods stands alone and names papers as people do."""

import re
from pathlib import Path

import pytest

import selfbench.methods
from selfbench.contracts import Variant
from selfbench.plugins.registry import Registry

FILES = sorted(Path(selfbench.methods.__path__[0]).rglob("*.py"))
CODES = re.compile(r"\b(S[0-4]|mvc|NSD)\b(?!\)|/)")  # github.com/.../mvc is an address
PLUGINS = {
    entry.name: plugin
    for entry in Registry().of("methods")
    if not isinstance(plugin := entry.load(), Variant)
}


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_papers_are_named_and_files_are_short(file):
    text = file.read_text()
    words = [line for line in text.splitlines() if CODES.search(line) and "github.com" not in line]
    assert not words
    assert len(text.splitlines()) <= 250


@pytest.mark.parametrize("name", PLUGINS)
def test_every_parameter_has_a_description_of_its_own(name):
    fields = PLUGINS[name].Params.model_fields
    descriptions = {key: field.description or "" for key, field in fields.items()}
    for key, description in descriptions.items():
        assert len(description) > 20, key
        assert not re.match(r"(and|that|those|its|their|of|on|there|\.\.\.)\b", description), key
        assert not description.endswith((".", "...")), key
    assert len(set(descriptions.values())) == len(descriptions)


@pytest.mark.parametrize("name", PLUGINS)
def test_the_first_line_of_a_docstring_says_what_the_method_is(name):
    summary, _, rest = (PLUGINS[name].__doc__ or "").partition("\n")
    assert summary.endswith((".", "table.")) and len(summary) < 100
    assert not rest or rest.startswith("\n")
