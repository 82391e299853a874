"""The names of a table's rows: a plug-in's name and, in brackets, what was set of it."""

from __future__ import annotations

import fnmatch
from collections.abc import Container, Mapping, Sequence
from typing import Any, TypeAlias

SEES_TRUTH = " [sees the truth]"

Patterns: TypeAlias = "Sequence[str] | None"  # names or wildcards, comma lists among them


def plain_name(name: str) -> str:
    """Return a row's name without [changed parameters]."""
    return name.partition(" [")[0]


def settings_of(name: str) -> list[str]:
    """Return the [changed parameters] of a row's name, each as key=value."""
    _, bracket, settings = name.partition(" [")
    return settings.removesuffix("]").split(", ") if bracket else []


def split_names(text: str) -> list[str]:
    """Split a comma list of row names; commas within brackets belong to their name."""
    names, depth = [""], 0
    for character in text:
        depth += {"[": 1, "]": -1}.get(character, 0)
        if character == "," and depth <= 0:
            names.append("")
        else:
            names[-1] += character
    return [name for part in names if (name := part.strip())]


def without_settings(name: str, hidden: Container[str]) -> str:
    """Return a row's name without those of its [changed parameters] that are in `hidden`."""
    plain = plain_name(name)
    shown = [text for text in settings_of(name) if text.partition("=")[0] not in hidden]
    return f"{plain} [{', '.join(shown)}]" if shown else plain


def split_patterns(patterns: Patterns) -> list[str]:
    """Return single names or wildcards of a list in which some are comma lists; None: all."""
    return [name for text in patterns or ["*"] for name in split_names(text)]


def matches(name: str, patterns: Patterns) -> bool:
    """Return whether a row's name, or its part before [changed parameters], fits any pattern."""
    plain = plain_name(name)
    return any(name == one or fnmatch.fnmatchcase(plain, one) for one in split_patterns(patterns))


def row_name(manifest: Mapping[str, Any]) -> tuple[str, str]:
    """Return dataset and method of a run, each with [what was set of it]."""
    changed = manifest["changed"]
    bound = SEES_TRUTH * bool(manifest.get("needs_truth"))
    return (
        manifest["dataset"] + _suffix(changed["dataset"]),
        manifest["method"] + _suffix(changed["method"]) + bound,
    )


def _suffix(changed: Mapping[str, Any]) -> str:
    return f" [{', '.join(f'{k}={v}' for k, v in changed.items())}]" if changed else ""
