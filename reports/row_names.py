"""The names of a table's rows: a plug-in's name and, in brackets, what was set of it."""

from __future__ import annotations

from collections.abc import Container


def plain_name(name: str) -> str:
    """Return a row's name without [changed parameters]."""
    return name.partition(" [")[0]


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
    plain, bracket, settings = name.partition(" [")
    if not bracket:
        return name
    assignments = settings.removesuffix("]").split(", ")
    shown = [text for text in assignments if text.partition("=")[0] not in hidden]
    return f"{plain} [{', '.join(shown)}]" if shown else plain
