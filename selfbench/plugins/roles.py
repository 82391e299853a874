"""Which plug-in the harness takes where a user names none; entry points say it, not the harness."""

from __future__ import annotations

from importlib.metadata import entry_points

from selfbench.errors import SelfbenchError
from selfbench.plugins.registry import KINDS


def role(name: str) -> str:
    """Return the name of the plug-in in a role.

    Args:
        name: `table` and `figure` (reports), `ablation` (the report on one), `footage` (the
            dataset of one's own video, whose parameter `path` says where it is).

    Raises:
        SelfbenchError: if no plug-in has it, as in a broken installation.
    """
    for point in entry_points(group="selfbench.roles", name=name):
        for kind in KINDS:
            for plugin in entry_points(group=f"selfbench.{kind}"):
                if plugin.value == point.value:
                    return plugin.name
    raise SelfbenchError(
        f"No installed plug-in has the role '{name}'; install selfbench again: pip install -e ."
    )
