"""Which module of a project defines a name that another one imports, found by reading sources."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from selfbench.errors import SelfbenchError
from selfbench.plugins.files import FILE_MODULE, locate
from selfbench.plugins.source.imports import Import, Names, names_of
from selfbench.plugins.source.syntax import tree_digest

HOUSE = "selfbench"


@dataclass(frozen=True)
class Source:
    """One source file of a project."""

    digest: str  # of what it computes
    names: Names
    package: Path | None  # its folder, if it is the `__init__.py` of one


class Origin(NamedTuple):
    """Where a name is defined; the name is empty where the whole module is meant."""

    module: str
    name: str


class Project:
    """The modules around a plug-in: of its top-level package, of selfbench, beside its file."""

    def __init__(self, module: str, file: Path | None) -> None:
        if file is None and module.startswith(FILE_MODULE) and module in sys.modules:
            file = Path(str(sys.modules[module].__file__))
        self._module, self._file = module, file
        self._packages = {module.split(".")[0], HOUSE}
        self._sources: dict[str, Source | None] = {}

    def source(self, module: str) -> Source | None:
        """Return the source of a module; None if it is not the project's."""
        if module not in self._sources:
            path = self._path(module)
            self._sources[module] = _read(path) if path else None
        return self._sources[module]

    def _path(self, module: str) -> Path | None:
        if self._file and module == self._module:
            return self._file
        parts = module.split(".")
        if parts[0] in self._packages:
            return locate(module)
        if self._file:
            beside = self._file.parent.joinpath(*parts)
            for path in (beside.with_suffix(".py"), beside / "__init__.py"):
                if path.is_file():
                    return path
        return None

    def uses(self, module: str, source: Source) -> list[tuple[str, Origin]]:
        """Return what a module imports: what it is called there, and where it is defined."""
        used = [("", Origin(package, "")) for package in self._acting_packages(module)]
        for imported in source.names.imports:
            is_passed_on = (
                source.package
                and imported.top
                and imported.bound.split(".")[0] not in {*source.names.reads, "*"}
            )
            if not imported.typing and not is_passed_on:
                origins = self.origins(_absolute(imported, module, source), imported.name)
                used += [(imported.bound, origin) for origin in origins]
        return used

    def origins(
        self, module: str, name: str, asked: frozenset[Origin] = frozenset()
    ) -> Iterator[Origin]:
        """Yield where `from module import name` leads, or `import module` if the name is empty."""
        source, question = self.source(module), Origin(module, name)
        inner, again, asked = f"{module}.{name}", question in asked, asked | {question}
        if source is None or again:  # not ours, or `from . import name` of an `__init__`
            if name and self.source(inner):
                yield from self.origins(inner, "", asked)
            else:
                yield question
            return
        if not source.package or name in source.names.defines:
            yield question
        if not source.package:
            return
        if not name or source.names.acts:
            yield Origin(module, "")
        brought = [
            imported
            for imported in source.names.imports
            if imported.top
            and name in ("", imported.bound)
            and (source.names.lazy or not imported.typing)
        ]
        for imported in brought:
            yield from self.origins(_absolute(imported, module, source), imported.name, asked)
        if brought or not name or name in source.names.defines:
            return
        if self.source(inner):
            yield from self.origins(inner, "", asked)
        elif module != HOUSE:  # `from x import *`, or made while running: from anywhere in there
            for path in sorted(source.package.rglob("*.py")):
                parts = path.relative_to(source.package).with_suffix("").parts
                yield Origin(".".join([module, *parts]).removesuffix(".__init__"), "")

    def _acting_packages(self, module: str) -> Iterator[str]:
        """Yield the packages around a module whose `__init__` does something when it is run."""
        parts = module.split(".")
        for count in range(1, len(parts)):
            package = ".".join(parts[:count])
            source = self.source(package)
            if source and source.names.acts:
                yield package


def _absolute(imported: Import, module: str, source: Source) -> str:
    """Return the full name of the module that an import statement names."""
    if not imported.level:
        return imported.module
    package = module.split(".")
    package = package[: len(package) - imported.level + bool(source.package)]
    return ".".join([*package, *([imported.module] if imported.module else [])])


def _read(path: Path) -> Source:
    digest, names = _parsed(path, path.read_bytes())
    return Source(digest, names, path.parent if path.name == "__init__.py" else None)


@cache
def _parsed(path: Path, text: bytes) -> tuple[str, Names]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        raise SelfbenchError(f"{path} cannot be read as Python: {error}.") from error
    return tree_digest(tree), names_of(tree)
