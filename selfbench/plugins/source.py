"""Which source files a plug-in is made of: its own and every project file it imports.

Found by reading import statements, without importing anything, so that a cell key changes when
a shared helper changes and listing plug-ins stays fast.
"""

from __future__ import annotations

import ast
import sys
from functools import cache
from pathlib import Path

from selfbench.store.digest import digest_text


def locate(module: str) -> Path | None:
    """Return the source file of a dotted module name, importing nothing; None if there is none."""
    search: list[str] | None = None
    origin: str | None = None
    parts = module.split(".")
    for count in range(1, len(parts) + 1):
        name = ".".join(parts[:count])
        for finder in sys.meta_path:
            find_spec = getattr(finder, "find_spec", None)
            spec = find_spec(name, search) if find_spec else None
            if spec is not None:
                break
        else:
            return None
        origin = spec.origin
        search = list(spec.submodule_search_locations or [])
    return Path(origin) if origin and origin.endswith(".py") else None


def source_digest(module: str, file: Path | None = None) -> str:
    """Return a digest of `module` and of every project module it imports, directly or not.

    Project modules are those of the same top-level package, those of selfbench, and, for a
    plug-in that is a single `file`, the files beside it.

    Args:
        module: dotted name of the plug-in's module.
        file: its source file, for a plug-in that is not installed.
    """
    files = closure(module, file)
    return digest_text(*(part for name in sorted(files) for part in (name, files[name])))


def closure(module: str, file: Path | None = None) -> dict[str, str]:
    """Return module name -> source text of what `source_digest` covers."""
    packages = {module.split(".")[0], "selfbench"}
    beside = file.parent if file else None
    found: dict[str, str] = {}
    waiting: list[tuple[str, Path | None]] = [(module, file or locate(module))]
    while waiting:
        name, path = waiting.pop()
        if path is None or name in found:
            continue
        found[name] = path.read_text(encoding="utf-8")
        for imported in _imports(found[name], name, path.name == "__init__.py"):
            if imported.split(".")[0] in packages:
                waiting.append((imported, locate(imported)))
            elif beside and (sibling := beside / f"{imported.split('.')[0]}.py").is_file():
                waiting.append((imported.split(".")[0], sibling))
    return found


@cache
def _imports(text: str, module: str, is_package: bool) -> tuple[str, ...]:
    """Every module that `text` may import, `from a import b` counting as both a and a.b."""
    names = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, module, is_package)
            names += [base, *(f"{base}.{alias.name}" for alias in node.names)]
    # Importing a.b.c runs the packages a and a.b too.
    prefixes = (".".join(n.split(".")[:i]) for n in names for i in range(1, n.count(".") + 2))
    return tuple(dict.fromkeys(prefixes))


def _absolute(node: ast.ImportFrom, module: str, is_package: bool) -> str:
    if not node.level:
        return node.module or ""
    package = module.split(".")
    package = package[: len(package) - node.level + is_package]
    return ".".join([*package, *([node.module] if node.module else [])])
