"""Which names a source file brings in, gives a value to and reads, found without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from selfbench.plugins.source.syntax import is_for_typing, is_metadata, working

HOOKS = {"__getattr__", "__dir__"}  # of a package that imports on first use
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_SCOPES = (*_FUNCTIONS, ast.ClassDef)
_HOLDERS = (ast.stmt, ast.excepthandler, ast.match_case)  # what may hold statements


@dataclass(frozen=True)
class Import:
    """One name that an import statement brings."""

    bound: str  # what it is called here: `a.b` of `import a.b`; "*" for every name
    module: str  # as written, without leading dots
    name: str  # what is taken from the module; "" for all of it
    level: int  # how many leading dots
    top: bool = True  # outside every function and class, where others can take it from
    typing: bool = False  # under `if TYPE_CHECKING:`


@dataclass(frozen=True)
class Names:
    """The names of one source file."""

    imports: tuple[Import, ...]
    defines: frozenset[str]  # outside functions and classes; rather too many than too few
    reads: frozenset[str]
    lazy: bool  # a function `__getattr__` brings what is declared under `if TYPE_CHECKING:`
    acts: bool  # it holds more than imports, metadata and such functions


def names_of(module: ast.Module) -> Names:
    """Return the names of a source file."""
    code = [s for s in working(module.body) if not is_metadata(s)]
    hooks = [s for s in code if isinstance(s, _FUNCTIONS) and s.name in HOOKS]
    return Names(
        imports=tuple(_imports(module.body)),
        defines=frozenset(_defined(module.body)),
        reads=frozenset(
            node.id
            for statement in code
            for node in ast.walk(statement)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        ),
        lazy=any(hook.name == "__getattr__" for hook in hooks),
        acts=len(code) > len(hooks),
    )


def _imports(nodes: Iterable[ast.AST], top: bool = True, typing: bool = False) -> Iterator[Import]:
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.asname or alias.name, alias.name, "", 0, top, typing)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if node.module != "__future__" and alias.name != "TYPE_CHECKING":
                    bound, name = alias.asname or alias.name, alias.name.strip("*")
                    yield Import(bound, node.module or "", name, node.level, top, typing)
        elif is_for_typing(node):
            yield from _imports(node.body, top, True)
            yield from _imports(node.orelse, top, typing)
        else:
            yield from _imports(_inside(node), top and not isinstance(node, _SCOPES), typing)


def _defined(statements: Iterable[ast.stmt]) -> Iterator[str]:
    for statement in statements:
        for node in [statement] if isinstance(statement, _SCOPES) else ast.walk(statement):
            if isinstance(node, _SCOPES):
                yield node.name
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id


def _inside(node: ast.AST) -> list[ast.AST]:
    return [child for child in ast.iter_child_nodes(node) if isinstance(child, _HOLDERS)]
