"""The examples in the guides are run as they stand."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"


@pytest.mark.slow
def test_the_ten_lines_of_the_api_page_work_in_a_plain_script(tmp_path):
    """In a process of its own, without `if __name__ == "__main__"`, as a reader would try it."""
    (code,) = re.findall(
        r"```python\n(import selfbench\n.*?)```", (DOCS / "api.md").read_text(), re.S
    )
    assert len(code.splitlines()) <= 12
    shown = code.replace("results.table()  #", "print(results.table())  #")
    script = tmp_path / "ten_lines.py"
    script.write_text(
        shown + "print(len(clips), sorted(selfbench.stored().table().metric.unique()))\n"
    )
    done = subprocess.run(
        [sys.executable, script], cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert "videopca" in done.stdout and "center-box" in done.stdout
    assert done.stdout.splitlines()[-1] == "8 ['F', 'F-beta-max', 'J', 'MAE', 'mAP0.5']"
    assert (tmp_path / "results" / "comparison.tex").read_text().startswith("\\documentclass")


def test_every_script_that_a_guide_names_exists():
    root = DOCS.parent
    guides = [root / "README.md", root / "CONTRIBUTING.md", *DOCS.rglob("*.md")]
    named = {
        (guide.name, script)
        for guide in guides
        for script in re.findall(r"\b(?:benchmarks|docs(?:/research)?)/\w+\.py", guide.read_text())
    }
    assert len(named) > 10
    assert {(guide, script) for guide, script in named if not (root / script).exists()} == set()


def test_every_module_and_page_that_a_guide_names_exists():
    root = DOCS.parent
    missing = []
    for guide in [root / "README.md", root / "CONTRIBUTING.md", *DOCS.rglob("*.md")]:
        text = guide.read_text()
        paths = re.findall(
            r"`((?:selfbench|methods|datasets|metrics|reports|tests)/[\w/.]+)`", text
        )
        links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", text)
        missing += [(guide.name, path) for path in paths if not (root / path).exists()]
        missing += [(guide.name, link) for link in links if not (guide.parent / link).exists()]
    assert missing == []
