"""The README's examples are run as they stand."""

import re
from pathlib import Path

import pytest

README = Path(__file__).parents[1] / "README.md"


@pytest.fixture
def example(tmp_path) -> Path:
    """The method of one's own that the README shows."""
    (code,) = re.findall(r"```python\n(# median\.py.*?)```", README.read_text(), re.DOTALL)
    assert len(code.splitlines()) < 50
    file = tmp_path / "median.py"
    file.write_text(code)
    return file


def test_a_method_of_ones_own_is_listed_and_in_the_table(cli, example, tmp_path):
    listed = cli("list", "methods", "--plugin", example)
    assert "median " in listed.out and "BROKEN" not in listed.out
    done = cli("run", "--method", "median,bright", "--dataset", "toy", "--plugin", example,
               "--set", "median.samples=5", "--results", tmp_path / "results")  # fmt: skip
    assert done.code == 0, done.err
    assert "| median [samples=5] |" in done.out


def test_every_option_in_the_readme_exists(cli):
    words = set(
        re.findall(
            r"selfbench (run|score|report|list|evaluate|apply|ablate|verify)\b",
            README.read_text(),
        )
    )
    options = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README.read_text()))
    known = "".join(cli(word, "--help").out for word in words) + "--version --debug"
    assert words and not {option for option in options if option not in known}
