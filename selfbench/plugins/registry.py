"""Finding plug-ins by name: entry points of installed packages and files given with `--plugin`.

Listing imports none of them; a broken one shows with its error and disturbs no other.
"""

from __future__ import annotations

import ast
import fnmatch
import importlib
import importlib.metadata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from selfbench.errors import SelfbenchError, UsageError, did_you_mean
from selfbench.plugins.files import FILE_MODULE, load_file, locate

KINDS = ("methods", "datasets", "metrics", "reports", "ablations")


@dataclass(frozen=True)
class Entry:
    """One registered plug-in, not necessarily importable."""

    kind: str
    name: str
    module: str
    attribute: str
    origin: str  # the distribution or the file that registered it
    file: Path | None = None  # its source, where it was given with --plugin
    error: str = ""  # why a --plugin file could not be loaded

    def load(self) -> Any:
        """Import the plug-in and return it.

        Raises:
            SelfbenchError: one sentence on what is broken in it.
        """
        try:
            if self.error:
                raise ImportError(self.error)
            return getattr(importlib.import_module(self.module), self.attribute)
        except Exception as error:
            raise SelfbenchError(
                f"The plug-in '{self.name}' ({self.kind}, from {self.origin}) cannot be loaded: "
                f"{type(error).__name__}: {error}."
            ) from error

    def describe(self) -> tuple[str, str]:
        """Return (first line of its docstring, error), read from its source without importing."""
        if self.error:
            return "", self.error
        try:
            return _summary(self.module, self.attribute, self.file), ""
        except (LookupError, SyntaxError, OSError, UnicodeDecodeError) as error:
            return "", f"{type(error).__name__}: {error}"


def _summary(module: str, attribute: str, file: Path | None) -> str:
    path = file or locate(module)
    if path is None:
        raise LookupError(f"no module named {module}")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == attribute:
            return (ast.get_docstring(node) or "").split("\n")[0]
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                if (alias.asname or alias.name) == attribute:
                    return _summary(node.module, alias.name, None)
        if isinstance(node, ast.Assign) and attribute in (ast.unparse(t) for t in node.targets):
            return _given_summary(node.value)
    raise LookupError(f"{path.name} has no class {attribute}")


def _given_summary(value: ast.expr) -> str:
    """The text of `summary=...` in `Variant(...)` or `Ablation(...)`."""
    for keyword in getattr(value, "keywords", []):
        if keyword.arg == "summary" and isinstance(keyword.value, ast.Constant):
            return str(keyword.value.value)
    return ""


class Registry:
    """All plug-ins known to this process."""

    def __init__(self, files: Iterable[Path] = ()) -> None:
        self.files = tuple(files)
        self.entries = [*_installed()]
        for file in self.files:
            self.entries += _from_file(file)

    def of(self, kind: str) -> list[Entry]:
        """Return the plug-ins of one of `KINDS`, by name; a later one of the same name wins."""
        return sorted({e.name: e for e in self.entries if e.kind == kind}.values(), key=_by_name)

    def entry(self, kind: str, name: str) -> Entry:
        """Return the plug-in `name`.

        Raises:
            UsageError: if there is none, with the nearest names.
        """
        entries = {entry.name: entry for entry in self.of(kind)}
        if name not in entries:
            broken = "".join(f" ({e.origin} is broken: {e.error})" for e in self.entries if e.error)
            raise UsageError(
                f"There is no {kind[:-1]} '{name}'.{did_you_mean(name, entries)}"
                f" `selfbench list {kind}` shows all.{broken}"
            )
        return entries[name]

    def select(self, kind: str, patterns: Sequence[str]) -> list[Entry]:
        """Return the plug-ins that match any of `patterns`: names, wildcards, comma lists.

        Raises:
            UsageError: if a pattern matches nothing.
        """
        chosen: dict[str, Entry] = {}
        for pattern in (part.strip() for text in patterns for part in text.split(",")):
            if any(c in pattern for c in "*?["):
                names = fnmatch.filter([e.name for e in self.of(kind)], pattern)
                if not names:
                    raise UsageError(
                        f"No {kind[:-1]} matches '{pattern}'; `selfbench list {kind}` shows all."
                    )
            else:
                names = [pattern]
            chosen.update({name: self.entry(kind, name) for name in names})
        return list(chosen.values())


@cache
def _installed() -> tuple[Entry, ...]:
    return tuple(
        Entry(kind, point.name, point.module, point.attr, point.dist.name if point.dist else "?")
        for kind in KINDS
        for point in importlib.metadata.entry_points(group=f"selfbench.{kind}")
    )


def _from_file(file: Path) -> list[Entry]:
    """Run a plug-in file and return what it defines."""
    module = FILE_MODULE + file.stem
    try:
        if not file.is_file():
            raise FileNotFoundError(f"there is no file {file}")
        loaded = load_file(module, file)
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
        return [Entry("methods", file.stem, module, "", str(file), file, text)]
    # Needs numpy, hence not at the top: a plain `selfbench list` never comes here.
    from selfbench.contracts import Ablation, Dataset, Method, Metric, Report, Variant

    classes = {Method: "methods", Dataset: "datasets", Metric: "metrics", Report: "reports"}
    objects = {Variant: "methods", Ablation: "ablations"}
    entries = []
    for attribute, value in vars(loaded).items():
        if isinstance(value, type):
            own = value.__module__ == module
            kinds = [kind for base, kind in classes.items() if own and issubclass(value, base)]
        else:
            kinds = [kind for base, kind in objects.items() if isinstance(value, base)]
        for kind in kinds:
            name = getattr(value, "name", attribute.lower())
            entries.append(Entry(kind, name, module, attribute, str(file), file))
    if not entries:
        text = "it defines no Method, Dataset, Metric, Report, Variant or Ablation"
        return [Entry("methods", file.stem, module, "", str(file), file, text)]
    return entries


def _by_name(entry: Entry) -> tuple[str, str]:
    return entry.name.lower(), entry.name
