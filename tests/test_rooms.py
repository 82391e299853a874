"""The house rules: which room may import which, no circles, small rooms with small files."""

import ast
import statistics
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import selfbench
from selfbench.plugins.registry import Registry

HOUSE = Path(selfbench.__file__).parent
# A room may import those before it. "" is `selfbench` itself, where scripts and plug-ins import.
ROOMS = [
    "errors", "params", "contracts", "store", "plugins", "media", "vision", "training", "checks",
    "stages", "launchers", "api", "", "cli",
]  # fmt: skip
PLUGINS = ["methods", "datasets", "metrics", "reports"]


@cache
def modules() -> dict[str, Path]:
    """Every module of the package, by name; linked folders are inside it."""
    paths = sorted([*HOUSE.rglob("*.py"), *(p for k in PLUGINS for p in (HOUSE / k).rglob("*.py"))])
    named = {}
    for path in paths:
        parts = ("selfbench", *path.relative_to(HOUSE).with_suffix("").parts)
        named[".".join(parts).removesuffix(".__init__")] = path
    return named


@cache
def imports() -> dict[str, set[str]]:
    """Module -> the modules it imports, in functions and for type checkers too."""
    return {name: set(_imported(name)) for name in modules()}


def _imported(name: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(modules()[name].read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules())
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{name}: imports say the full name"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield from [m for m in (inner, node.module) if m in modules()][:1]


def room(module: str) -> str:
    return f"{module}.".split(".")[1]


def core() -> dict[str, Path]:
    return {name: path for name, path in modules().items() if room(name) not in PLUGINS}


def test_the_rooms_are_known():
    assert {room(name) for name in modules()} == {*ROOMS, *PLUGINS}


def test_rooms_import_only_what_comes_before_them():
    assert [
        f"{name} imports {imported}"
        for name in core()
        for imported in sorted(imports()[name])
        if room(imported) in PLUGINS or ROOMS.index(room(imported)) > ROOMS.index(room(name))
    ] == []


def test_plugins_import_the_house_and_their_own_kind():
    assert [
        f"{name} imports {imported}"
        for name in modules()
        if room(name) in PLUGINS
        for imported in sorted(imports()[name])
        if room(imported) not in {room(name), *ROOMS} - {"cli"}
    ] == []


def test_no_circle():
    finished: set[str] = set()
    circles = []

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            circles.append(" -> ".join([*path[path.index(name) :], name]))
        elif name not in finished:
            for imported in sorted(imports()[name]):
                visit(imported, (*path, name))
            finished.add(name)

    for name in modules():
        visit(name, ())
    assert circles == []


def test_the_house_names_no_plugin():
    """No text is nothing but a method's or dataset's name; examples in longer texts are none."""
    registry = Registry()
    names = {entry.name for kind in ("methods", "datasets") for entry in registry.of(kind)}
    said = []
    for module, path in core().items():
        texts = [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Constant)]
        said += [f"{module}:{n.lineno} '{n.value}'" for n in texts if n.value in names]
        said += [f"{module}:{n.lineno} '{n.value}'" for n in _asked_for(path)]
    assert said == []


def _asked_for(path: Path) -> Iterator[ast.Constant]:
    """The names of plug-ins of any kind in calls such as `registry.entry(kind, "name")`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("entry", "select"):
            for argument in node.args[1:]:
                for inner in getattr(argument, "elts", [argument]):
                    if isinstance(inner, ast.Constant):
                        yield inner


@pytest.mark.parametrize("name", [name for name in ROOMS if name and (HOUSE / name).is_dir()])
def test_rooms_hold_three_to_nine_files(name):
    """Or folders, and so does each folder in a room."""
    for folder in [HOUSE / name, *(file.parent for file in (HOUSE / name).rglob("*/__init__.py"))]:
        files = {path.name for path in folder.glob("*.py")} - {"__init__.py"}
        folders = {path.parent.name for path in folder.glob("*/__init__.py")}
        assert 3 <= len(files | folders) <= 9, f"{folder.name}: {sorted(files | folders)}"


def test_files_are_short():
    lines = {name: len(path.read_text().splitlines()) for name, path in modules().items()}
    assert {name: count for name, count in lines.items() if count > 300} == {}
    assert statistics.median(count for name, count in lines.items() if name in core()) <= 120
