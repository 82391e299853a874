from pathlib import Path

import selfbench
from selfbench.plugins.source import closure, locate, source_digest


def test_locate_finds_without_importing():
    assert (
        locate("selfbench.contracts") == Path(selfbench.__file__).parent / "contracts/__init__.py"
    )
    assert locate("selfbench.nothing") is None
    assert locate("no_such_package.at.all") is None


def test_closure_follows_project_imports_only():
    names = set(closure("selfbench.metrics.boundary"))
    assert {
        "selfbench.metrics.boundary",
        "selfbench.contracts",
        "selfbench.contracts.bitmask",
    } <= names
    assert not any(name.startswith("numpy") for name in names)


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    return folder / "plug.py"


def digest(file: Path) -> str:
    return source_digest("selfbench_plugin_plug", file)


def test_digest_changes_with_a_helper_of_a_helper(tmp_path):
    plug = write(tmp_path, plug="import one\n", one="from two import x\n", two="x = 1\n")
    before = digest(plug)
    assert digest(plug) == before
    write(tmp_path, two="x = 2\n")
    assert digest(plug) != before


def test_digest_ignores_files_that_are_not_imported(tmp_path):
    plug = write(tmp_path, plug="import one\n", one="", other="")
    before = digest(plug)
    write(tmp_path, other="x = 2\n")
    assert digest(plug) == before


def test_imports_inside_functions_count(tmp_path):
    plug = write(tmp_path, plug="def f():\n    import one\n", one="x = 1\n")
    before = digest(plug)
    write(tmp_path, one="x = 2\n")
    assert digest(plug) != before


def test_cyclic_and_relative_imports(tmp_path, monkeypatch):
    package = tmp_path / "cyclic_pkg"
    package.mkdir()
    (package / "__init__.py").write_text("from . import a\n")
    (package / "a.py").write_text("from .b import f\nfrom . import b\n")
    (package / "b.py").write_text("from ..cyclic_pkg import a\nf = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert set(closure("cyclic_pkg.a")) == {"cyclic_pkg", "cyclic_pkg.a", "cyclic_pkg.b"}


def test_what_a_plugin_gets_from_selfbench_counts(tmp_path):
    plug = write(tmp_path, plug="from selfbench import Method\n")
    assert "selfbench.contracts" in closure("selfbench_plugin_plug", plug)
