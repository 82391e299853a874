"""What is common to plug-ins of all kinds."""

from __future__ import annotations

from typing import ClassVar


class Plugin:
    """What all plug-ins share. The first line of the docstring is what `selfbench list` shows."""

    name: ClassVar[str]
