"""Errors a user can act on: what was got, what was expected, what to type next."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class SelfbenchError(Exception):
    """Something the user can mend; the command line prints its text and exits with `code`."""

    code = 1


class UsageError(SelfbenchError):
    """The command itself was wrong: an unknown name, a refused parameter (exit code 2)."""

    code = 2


class DataError(SelfbenchError):
    """A file or folder is missing, broken or not what was expected; the text names it."""


class StoreError(SelfbenchError):
    """Results could not be written: full disk, read-only folder, locked cell."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ` Did you mean a?` with the nearest of `known`, or all if none is near."""
    names = sorted(known)
    near = difflib.get_close_matches(name.lower(), [n.lower() for n in names], n=3, cutoff=0.5)
    close = [n for n in names if n.lower() in near]
    if close:
        return f" Did you mean {' or '.join(close)}?"
    return f" Known: {', '.join(names)}." if names else ""
