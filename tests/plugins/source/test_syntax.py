import ast

import pytest

from selfbench.plugins.source.syntax import canonical, tree_digest

# One line per thing that one Python or another spells, nests or prints in its own way.
TRICKY = r'''
from __future__ import annotations
import os, typing
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    import torch
elif os.name == "nt":
    slash = "\\"
WIDE = f"{1!r:>{8}}" f"{os.name:}" "tail" f"{WIDTH if (WIDTH := 3) else 'none'!s:{WIDTH}.{2}f} = {WIDTH = }"
EMPTY, LONG = f"", 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF
TEXTS = u"u", b"\x00\xff", "\ud800", "\U0001fae8", "é", r"\d", """two
lines"""
NUMBERS = 1e999, 1e-7, 0.1, 1_000, 3j, -0.0, ..., None, True
@typing.no_type_check
class Point(object, metaclass=type):
    """A docstring."""
    x: int = 0
    y: "int"
    __slots__ = ()
    def walk(self, a, /, b=lambda *args, k=1, **rest: (yield), *, c: int = 2, d, **more) -> Point:
        """Another."""
        global WIDE
        here = [i async for i in more] if False else {**more, "k": [*args, a[1:2, ::3], a[...]]}
        def inner():
            nonlocal here
            return (here := here)
        try:
            assert a is not b, "no"
        except (KeyError, ValueError) as error:
            raise TypeError from error
        else:
            del here
        finally:
            pass
        return await_(a) @ b if not a <= b < c else -a ** ~b
match (1, {"k": Point(x=2)}):
    case [1, *rest] | (1, rest) if rest:
        pass
    case {"k": Point(x=0 | 2), **others} | {"k": None, **others}:
        others = 1 + 2j
    case None | "a" | -1.5 | Point():
        ...
    case _:
        with open("a") as f, (open("b")) as g:
            print(*f, file=g, **{})
async def later(*, deep=1 + 1 + 1):
    async with deep as (a, [b, *c]):
        await b; x = yield
    while x: x -= 1; continue
    else: x @= 2
'''  # noqa: E501


def test_a_digest_is_the_same_on_every_python():
    assert tree_digest(ast.parse(TRICKY)) == "1e6df9486b4f97385c52c8b5e09340f4"


def spelt(text: str) -> str:
    return canonical(ast.parse(text))


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("x = 1", "# why\nx = (1)  # this"),
        ("def f(): return 1", "def f():\n    'Return it.'\n    return 1"),
        ("class A: ...", "class A:\n    '''A.'''\n    pass"),
        ("class A:\n  x = 1\n  'attribute docstring'", "class A:\n  x = 1"),
        ("x = 1", "from __future__ import annotations\nimport numpy as np\nx = 1"),
        ("x = 1", "if TYPE_CHECKING:\n    from a import b\nx = 1"),
        ("x = 1", "if typing.TYPE_CHECKING:\n    b = 2\nelse:\n    x = 1"),
        ("x = 1", "__all__ = ['x']\n__version__: str = '2'\n__all__ += ['y']\nx = 1"),
        ("x = 'ab'", "x = ('a'\n  u'b')"),
        ("x = f'a{y}b'", "x = f'a' f'' f'{y}' 'b'"),
        ("x = f'{y:}'", "x = f'{y}'"),
        ("x = 1000", "x = 0x3e8"),
        ("x: int = Field(1, description='a')", "x: int = Field(1, description='b')"),
        ("x: int = pydantic.Field(1)", "x: int = pydantic.Field(1, description='b')"),
    ],
)
def test_what_cannot_change_a_result_does_not_count(text, other):
    assert spelt(text) == spelt(other)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("x = 1", "x = 2"),
        ("x = 1", "x = 1.0"),
        ("x = 1", "x = True"),
        ("x = 'a'", "x = b'a'"),
        ("x = 'a'", "x = f'a'"),
        ("x = 0.1", "x = 0.10000000000000002"),
        ("x = None", "x = ..."),
        ("x = y", "x = 'y'"),
        ("x = f'{y}'", "x = f'{y!r}'"),
        ("x = f'{y:>3}'", "x = f'{y:>4}'"),
        ("x = f'{y:>3}'", "x = f'{y}:>3'"),
        ("x: int = 1", "x: float = 1"),
        ("x: int = Field(1, ge=0)", "x: int = Field(1, ge=1)"),
        ("x = f(1, description='a')", "x = f(1, description='b')"),
        ("def f(a, b=1): g()", "def f(a, *, b=1): g()"),
        ("def f(*, a, b=1): g()", "def f(*, a=1, b): g()"),
        ("{**a, b: c}", "{a: c, **b}"),
        ("if a:\n  b()\nc()", "if a:\n  b()\n  c()"),
        ("if a:\n  b()\nelse:\n  c()", "if a:\n  c()\nelse:\n  b()"),
        ("async def f(): g()", "def f(): g()"),
        ("x = a - (b - c)", "x = a - b - c"),
        ("match x:\n  case None: f()", "match x:\n  case True: f()"),
        ("match x:\n  case [*_]: f()", "match x:\n  case [*y]: f()"),
        ("class A: __all__ = 1", "class A: __all__ = 2"),
        ("x = __version__ = 1", "x = __version__ = 2"),
        ("if not TYPE_CHECKING:\n  x = 1", "if not TYPE_CHECKING:\n  x = 2"),
        ("print('a')", "print('b')"),
    ],
)
def test_everything_else_counts(text, other):
    assert spelt(text) != spelt(other)


def test_f_strings_as_python_3_12_nests_them():
    tree = ast.parse("f'a{x:>{y}}b'")
    joined = tree.body[0].value
    first, field, last = joined.values
    field.format_spec.values.insert(0, ast.Constant(""))
    nested = ast.JoinedStr([ast.Constant(""), field, ast.Constant("")])
    joined.values = [first, nested, ast.JoinedStr([last]), ast.Constant("")]
    assert canonical(tree) == spelt("f'a{x:>{y}}b'")


def test_a_sum_of_thousands_of_terms():
    text = "x = " + " + ".join(["1"] * 500)
    tree = ast.parse(text)
    for _ in range(5000):  # deeper than the parser itself allows on some Pythons
        tree.body[0].value = ast.BinOp(tree.body[0].value, ast.Add(), ast.Constant(1))
    assert canonical(tree).count("BinOp") == 5499
