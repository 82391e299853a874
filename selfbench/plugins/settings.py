"""Settings as typed behind `--set`: `key=value` for all plug-ins, `NAME.key=value` for one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from selfbench.errors import UsageError, did_you_mean


def common_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that name no plug-in."""
    return {key: value for key, value in settings.items() if "." not in key}


def scoped_settings(settings: Mapping[str, Any], name: str = "") -> dict[str, Any]:
    """Return the settings that name the plug-in `name`, or any plug-in if it is empty."""
    start = f"{name}." if name else ""
    return {k: v for k, v in settings.items() if "." in k and k.startswith(start)}


def own_settings(settings: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the settings that name the plug-in `name`, as it calls them itself."""
    return {key[len(name) + 1 :]: v for key, v in scoped_settings(settings, name).items()}


def check_scopes(settings: Iterable[str], names: Sequence[str]) -> None:
    """Check that every `NAME.key` names a selected plug-in.

    Raises:
        UsageError: if one does not, with the nearest names.
    """
    for key in settings:
        if "." in key and not any(key.startswith(f"{name}.") for name in names):
            scope = key.partition(".")[0]
            raise UsageError(
                f"--set {key}: '{scope}' is not a selected method or dataset."
                f"{did_you_mean(scope, names)}"
            )
