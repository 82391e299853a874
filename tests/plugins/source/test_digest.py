"""What the digest of a plug-in follows, on small projects written for the purpose."""

import importlib
import sys
from pathlib import Path

import pytest

import selfbench
from selfbench.errors import SelfbenchError
from selfbench.plugins.files import load_file
from selfbench.plugins.source import closure, source_digest


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    importlib.invalidate_caches()


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Write the files of a package `lab` and return the modules that a plug-in in it covers."""
    monkeypatch.syspath_prepend(tmp_path)

    def covered(files: dict[str, str], module: str = "plug", attribute: str = "") -> set[str]:
        write(tmp_path / "lab", {"__init__.py": "'A laboratory.'\n", **files})
        covered.digest = source_digest(f"lab.{module}", None, attribute)
        return {name.removeprefix("lab.") for name in closure(f"lab.{module}", None, attribute)}

    return covered


def test_helpers_of_helpers_count_wherever_they_are_imported(project):
    files = {
        "plug.py": "import lab.one\ndef f():\n    from . import two\n",
        "one.py": "from .three import x as y\n",
        "two.py": "class A:\n    import lab.four as four\n",
        "three.py": "x = 1\n",
        "four.py": "import numpy\n",
        "other.py": "",
    }
    assert project(files) == {"plug", "one", "two", "three", "four"}
    before = project.digest
    project({"other.py": "x = 2\n"})
    assert project.digest == before
    project({"three.py": "x = 2\n"})
    assert project.digest != before


def test_imports_for_type_checkers_do_not_count(project):
    text = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from lab.one import x\n"
    assert project({"plug.py": text, "one.py": "x = 1\n"}) == {"plug"}


def test_a_package_that_passes_names_on_is_looked_through(project):
    files = {
        "plug.py": "from lab.tools import sharp\n",
        "tools/__init__.py": "from .edges import sharp\nfrom .colour import hue\n__all__ = ['x']\n",
        "tools/edges.py": "sharp = 1\n",
        "tools/colour.py": "hue = 1\n",
    }
    assert project(files) == {"plug", "tools.edges"}
    before = project.digest
    project({"tools/colour.py": "hue = 2\n", "tools/__init__.py": "from .edges import sharp\n"})
    assert project.digest == before


def test_a_package_counts_where_it_does_something(project):
    files = {
        "plug.py": "from lab.tools.edges import sharp\n",
        "tools/__init__.py": "from .setup import go\nfrom .colour import hue\ngo()\n",
        "tools/setup.py": "def go(): print()\n",
        "tools/edges.py": "sharp = 1\n",
        "tools/colour.py": "hue = 1\n",
    }
    assert project(files) == {"plug", "tools", "tools.setup", "tools.edges"}
    assert project({"plug.py": "from lab.tools import go\n"}) == {"plug", "tools", "tools.setup"}


def test_a_name_that_a_package_defines_itself(project):
    files = {"plug.py": "from lab import here\n", "__init__.py": "here = 1\n"}
    assert project(files) == {"plug", "lab"}


def test_all_of_a_package(project):
    files = {
        "plug.py": "import lab.tools as t\n",
        "tools/__init__.py": "from .edges import sharp\nfrom .colour import *\n",
        "tools/edges.py": "sharp = 1\n",
        "tools/colour.py": "hue = 1\n",
        "tools/other.py": "",
    }
    assert project(files) == {"plug", "tools", "tools.edges", "tools.colour"}
    assert project({"plug.py": "from lab.tools import *\n"}) == {
        "plug", "tools", "tools.edges", "tools.colour",
    }  # fmt: skip
    # Nobody looks into `import *`, so it may come from anywhere.
    assert project({"plug.py": "from lab.tools import hue\n"}) == {
        "plug", "tools", "tools.edges", "tools.colour", "tools.other",
    }  # fmt: skip


def test_a_package_that_imports_on_first_use(project):
    declared = (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .edges import sharp\n"
        "    from .colour import hue\ndef __getattr__(name): ...\n"
    )
    files = {
        "plug.py": "from lab.tools import sharp\n",
        "tools/__init__.py": declared,
        "tools/edges.py": "sharp = 1\n",
        "tools/colour.py": "hue = 1\n",
    }
    assert project(files) == {"plug", "tools.edges"}
    files = {"tools/__init__.py": "def __getattr__(name): ...\n"}
    assert project(files) == {"plug", "tools", "tools.edges", "tools.colour"}


def test_a_plugin_that_its_package_passes_on(project):
    files = {
        "plug/__init__.py": "from lab.plug.method import M\nfrom lab.plug.other import N\n",
        "plug/method.py": "class M: pass\n",
        "plug/other.py": "class N: pass\n",
    }
    assert project(files, attribute="M") == {"plug.method"}
    assert project(files) == {"plug", "plug.method", "plug.other"}


def test_either_of_two_sources(project):
    text = "try:\n    from lab.fast import f\nexcept ImportError:\n    from lab.slow import f\n"
    files = {"plug.py": "from lab.tools import f\n", "tools/__init__.py": text}
    files |= {"fast.py": "f = 1\n", "slow.py": "f = 1\n"}
    assert project(files) == {"plug", "tools", "fast", "slow"}


def test_packages_that_import_each_other(project):
    files = {
        "a/__init__.py": "from . import x\nfrom lab.b import y\n",
        "a/x.py": "from lab.b import y\nfrom lab import a\n",
        "b/__init__.py": "from lab.a import y\nfrom lab.b import y\nfrom . import y\n",
        "b/y.py": "from ..a import x\n",
    }
    assert {"a.x", "b.y"} <= project(files, "a.x")


FILES = {
    "plug.py": "from lab.one import f\nfrom lab.two import f as g\nprint(f, g)\n",
    "one.py": "def f(): return 1\n",
    "two.py": "def f(): return 2\n",
}


def test_a_file_may_move(project):
    project(FILES)
    before = project.digest
    moved = "from lab.deep.moved import f as g\nfrom lab.one import f\nprint(f, g)\n"
    project({"plug.py": moved, "deep/__init__.py": "", "deep/moved.py": FILES["two.py"]})
    assert project.digest == before


def test_which_file_a_name_comes_from_counts(project):
    project(FILES)
    before = project.digest
    project({"plug.py": "from lab.two import f\nfrom lab.one import f as g\nprint(f, g)\n"})
    assert project.digest != before
    both = "import lab.one as a, lab.two as b\nfrom lab.one import f\nprint(a, b, f)\n"
    project({"plug.py": both})
    before = project.digest
    project({"plug.py": both.replace("from lab.one", "from lab.two")})
    assert project.digest != before


def test_which_foreign_module_a_name_comes_from_counts(project):
    project({"plug.py": "from math import log\nx = log(2)\n"})
    before = project.digest
    project({"plug.py": "from cmath import log\nx = log(2)\n"})
    assert project.digest != before


def test_the_order_of_imports_does_not_count(project):
    project({"plug.py": "import json\nfrom math import cos, sin\n"})
    before = project.digest
    project({"plug.py": "from math import sin\nfrom math import cos\nimport json\n"})
    assert project.digest == before


def test_a_file_with_files_beside_it(tmp_path):
    write(tmp_path, {
        "plug.py": "import one\nfrom tools.edges import sharp\nfrom selfbench import Method\n",
        "one.py": "x = 1\n",
        "tools/__init__.py": "",
        "tools/edges.py": "sharp = 1\n",
        "other.py": "",
    })  # fmt: skip
    plug = tmp_path / "plug.py"
    assert set(closure("selfbench_plugin_plug", plug)) == {
        "selfbench_plugin_plug", "one", "tools.edges",
    }  # fmt: skip
    before = source_digest("selfbench_plugin_plug", plug)
    write(tmp_path, {"tools/edges.py": "sharp = 2\n"})
    assert source_digest("selfbench_plugin_plug", plug) != before


def test_a_loaded_file_is_known_by_its_module(tmp_path):
    plug = tmp_path / "known.py"
    plug.write_text("x = 1\n")
    load_file("selfbench_plugin_known", plug)
    try:
        digest = source_digest("selfbench_plugin_known", plug)
        assert source_digest("selfbench_plugin_known") == digest
    finally:
        del sys.modules["selfbench_plugin_known"]


def test_a_file_that_is_not_python(tmp_path):
    (tmp_path / "plug.py").write_text("def f():\n    import one\n")
    (tmp_path / "one.py").write_text("x = = 1\n")
    with pytest.raises(SelfbenchError, match=r"one\.py cannot be read as Python"):
        source_digest("selfbench_plugin_plug", tmp_path / "plug.py")


@pytest.mark.parametrize("name", selfbench.__all__)
def test_what_plugins_take_from_selfbench_is_declared(tmp_path, name):
    plug = tmp_path / "plug.py"
    plug.write_text(f"from selfbench import {name}\n")
    allowed = {
        "selfbench_plugin_plug",
        "selfbench.contracts.bitmask",
        "selfbench.contracts.metrics",
    }
    assert set(closure("selfbench_plugin_plug", plug)) <= allowed
