"""Names of timm's models in error texts."""

from __future__ import annotations

from selfbench.errors import did_you_mean


def similar_models(name: str) -> str:
    """Return ` Did you mean a?` with the nearest of timm's models; nothing if none is near."""
    import timm

    hint = did_you_mean(name, timm.list_models())
    return hint if hint.startswith(" Did you mean") else ""
