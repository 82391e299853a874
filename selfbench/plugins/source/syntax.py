"""What a source file computes, as text: its syntax tree without what cannot change a result.

Left out are comments, docstrings and every other statement that is a mere constant, `pass`, blocks
under `if TYPE_CHECKING:`, the descriptions of parameters, `__all__`, `__version__` and all import
statements: what those bring is `selfbench.plugins.source`'s to follow. Annotations stay, because
the fields of parameters are made of them.

The text is the same on every Python, which that of `ast.dump` is not. Nothing but the standard
library is imported, so that this file can be checked alone on another Python.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import Any, TypeGuard

# How a name is used, how a text is spelt, comments for type checkers.
SKIPPED = {"ctx", "kind", "type_comment", "type_ignores"}
METADATA = {"__all__", "__version__"}


def tree_digest(module: ast.Module) -> str:
    """Return a digest of what a source file computes."""
    return blake2b(canonical(module).encode(), digest_size=16).hexdigest()


def canonical(node: ast.AST) -> str:
    """Return a syntax tree as text; files that differ in nothing that matters have the same."""
    done: list[str] = []
    waiting: list[ast.AST | str] = [node]
    while waiting:  # no recursion: a sum of a thousand terms is a thousand levels deep
        piece = waiting.pop()
        if isinstance(piece, str):
            done.append(piece)
        else:
            waiting.extend(reversed(list(_pieces(piece))))
    return "".join(done)


def working(statements: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements that do something when the program runs, imports apart."""
    for statement in statements:
        if is_for_typing(statement):
            yield from working(statement.orelse)
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue  # a docstring or `...`
        elif not isinstance(statement, (ast.Import, ast.ImportFrom, ast.Pass)):
            yield statement


def is_for_typing(node: ast.AST) -> TypeGuard[ast.If]:
    """Whether a statement is `if TYPE_CHECKING:`, whose body never runs."""
    return isinstance(node, ast.If) and _last_name(node.test) == "TYPE_CHECKING"


def is_metadata(statement: ast.stmt) -> bool:
    """Whether a statement only sets `__all__` or `__version__`."""
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, (ast.AnnAssign, ast.AugAssign)):
        targets = [statement.target]
    else:
        return False
    return all(isinstance(target, ast.Name) and target.id in METADATA for target in targets)


def _pieces(node: ast.AST) -> Iterator[ast.AST | str]:
    """Yield the text and the inner nodes of one node, in order."""
    if isinstance(node, ast.Constant):
        yield f"(Constant {_plain(node.value)})"
        return
    yield f"({type(node).__name__}"
    for name in sorted(node._fields):
        value = getattr(node, name, None)
        if isinstance(value, list):
            value = list(_items(node, name, value))
        # What a later Python added to a node is None or empty in a file that an older one reads.
        if name in SKIPPED or value is None or value == [] or _is_empty_format(value):
            continue
        yield f" {name}="
        if isinstance(value, list):
            yield "["
            for item in value:
                yield item if isinstance(item, ast.AST) else _plain(item)
                yield ","
            yield "]"
        else:
            yield value if isinstance(value, ast.AST) else _plain(value)
    yield ")"


def _plain(value: Any) -> str:
    """Return a constant or a name, not by repr: what that prints depends on Unicode's version."""
    text = hex(value) if type(value) is int else ascii(value)  # decimals may not be that long
    return f"{type(value).__name__} {text}"


def _items(node: ast.AST, name: str, items: list[Any]) -> Iterable[Any]:
    """Return the items that matter of one field of a node."""
    if isinstance(node, ast.JoinedStr):
        return _joined(items)
    if isinstance(node, ast.Call) and name == "keywords" and _last_name(node.func) == "Field":
        return (keyword for keyword in items if keyword.arg != "description")
    if isinstance(node, ast.Module):
        return (statement for statement in working(items) if not is_metadata(statement))
    if items and isinstance(items[0], ast.stmt):
        return working(items)
    return items


def _joined(parts: Iterable[ast.expr]) -> list[ast.expr]:
    """Return the parts of an f-string with neighbouring texts joined and empty ones left out."""
    joined: list[ast.expr] = []
    for part in parts:
        for inner in _joined(part.values) if isinstance(part, ast.JoinedStr) else [part]:
            before = joined[-1] if joined else None
            if not isinstance(inner, ast.Constant):
                joined.append(inner)
            elif inner.value and isinstance(before, ast.Constant):
                joined[-1] = ast.Constant(str(before.value) + str(inner.value))
            elif inner.value:
                joined.append(inner)
    return joined


def _is_empty_format(value: Any) -> bool:
    """Whether a field is the format of `{x:}`, which is that of `{x}`."""
    return isinstance(value, ast.JoinedStr) and not _joined(value.values)


def _last_name(node: ast.expr) -> str:
    """Return `c` of `c` and of `a.b.c`."""
    return str(getattr(node, "attr", getattr(node, "id", "")))
