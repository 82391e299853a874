"""What the plug-ins of a source file say of themselves, read without importing the file.

Parsing all files takes longer than the rest of `selfbench list`, so outlines are kept in the cache,
by place, size and time of change.
"""

from __future__ import annotations

import ast
import json
from contextlib import suppress
from functools import cache
from pathlib import Path

from selfbench.store.atomic import write_text
from selfbench.store.places import cache_folder

Outline = dict[str, tuple[str, str]]  # name -> (its summary, "") or ("", module it comes from)


def outline(path: Path) -> Outline:
    """Return what the classes, variants and ablations of a file are, and what it imports.

    Raises:
        SyntaxError, OSError, UnicodeDecodeError: if the file is broken.
    """
    return _kept(cache_folder()).outline(path)


def keep_outlines() -> None:
    """Write down what was parsed since the last call."""
    _kept(cache_folder()).write()


class _Kept:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.known: dict[str, Outline] = {}
        self.is_new = False
        with suppress(OSError, ValueError):
            self.known = json.loads(path.read_text(encoding="utf-8"))

    def outline(self, path: Path) -> Outline:
        now = path.stat()
        key = f"{path}|{now.st_size}|{now.st_mtime_ns}"
        if key not in self.known:
            self.known[key] = _parse(path)
            self.is_new = True
        return self.known[key]

    def write(self) -> None:
        if self.is_new:
            with suppress(OSError):  # a cache that cannot be written only costs time
                write_text(self.path, json.dumps(self.known))
            self.is_new = False


@cache
def _kept(folder: Path) -> _Kept:
    return _Kept(folder / "outlines.json")


def _parse(path: Path) -> Outline:
    outlined: Outline = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            outlined[node.name] = (ast.get_docstring(node) or "").split("\n")[0], ""
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = {alias.asname or alias.name: alias.name for alias in node.names}
            outlined |= {name: ("", f"{node.module}:{there}") for name, there in names.items()}
        if isinstance(node, ast.Assign):
            outlined |= {ast.unparse(target): (_summary(node.value), "") for target in node.targets}
    return outlined


def _summary(value: ast.expr) -> str:
    """The text of `summary=...` in `Variant(...)` or `Ablation(...)`."""
    for keyword in getattr(value, "keywords", []):
        if keyword.arg == "summary" and isinstance(keyword.value, ast.Constant):
            return str(keyword.value.value)
    return ""
