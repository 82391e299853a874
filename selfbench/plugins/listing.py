"""What `selfbench list` shows, read from entry points and sources; no plug-in is imported."""

from __future__ import annotations

from typing import NamedTuple

from selfbench.errors import UsageError, did_you_mean
from selfbench.plugins.outline import keep_outlines
from selfbench.plugins.registry import KINDS, Entry, Registry


class PluginInfo(NamedTuple):
    """One plug-in in one line."""

    kind: str
    name: str
    summary: str
    origin: str  # the distribution or file that registered it
    error: str  # why it cannot be loaded; empty if nothing speaks against it


def brief(entry: Entry) -> PluginInfo:
    """Return one plug-in in one line."""
    summary, error = entry.describe()
    return PluginInfo(entry.kind, entry.name, summary, entry.origin, error)


def brief_all(registry: Registry, kind: str | None = None) -> list[PluginInfo]:
    """Return all plug-ins, or those of one kind.

    Raises:
        UsageError: for another kind.
    """
    if kind is not None and kind not in KINDS:
        raise UsageError(f"There is no kind '{kind}' of plug-ins.{did_you_mean(kind, KINDS)}")
    plugins = [brief(entry) for one in KINDS if kind in (None, one) for entry in registry.of(one)]
    keep_outlines()
    return plugins
