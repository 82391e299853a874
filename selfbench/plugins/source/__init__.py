"""The source of a plug-in: which files it really uses, and a digest of what they compute."""

from selfbench.plugins.source.digest import closure, source_digest

__all__ = ["closure", "source_digest"]
